package io.holdfast.nbd.wire;

/** The protocol's numbers, by the names of its specification. Network byte order everywhere. */
public final class Protocol {

    public static final long MAGIC = 0x4e42444d41474943L;
    public static final long OPTION_MAGIC = 0x49484156454f5054L;
    public static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
    public static final int REQUEST_MAGIC = 0x25609513;
    public static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    public static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

    /** Handshake flags of both sides. */
    public static final int FIXED_NEWSTYLE = 1;

    public static final int NO_ZEROES = 2;

    /** Longest string of the protocol, in bytes. */
    public static final int MAX_STRING = 4_096;

    /** Largest payload that every peer takes when nothing else was agreed: 32 MiB. */
    public static final int MAX_PAYLOAD = 32 << 20;

    private Protocol() {}

    /** Options of the handshake. */
    public static final class Option {
        public static final int EXPORT_NAME = 1;
        public static final int ABORT = 2;
        public static final int LIST = 3;
        public static final int STARTTLS = 5;
        public static final int INFO = 6;
        public static final int GO = 7;
        public static final int STRUCTURED_REPLY = 8;
        public static final int LIST_META_CONTEXT = 9;
        public static final int SET_META_CONTEXT = 10;

        private Option() {}
    }

    /** Replies to options. */
    public static final class Rep {
        public static final int ACK = 1;
        public static final int INFO = 3;
        public static final int META_CONTEXT = 4;
        public static final int ERROR_BIT = 0x80000000;
        public static final int ERR_UNSUP = ERROR_BIT | 1;
        public static final int ERR_POLICY = ERROR_BIT | 2;
        public static final int ERR_INVALID = ERROR_BIT | 3;
        public static final int ERR_PLATFORM = ERROR_BIT | 4;
        public static final int ERR_TLS_REQD = ERROR_BIT | 5;
        public static final int ERR_UNKNOWN = ERROR_BIT | 6;
        public static final int ERR_SHUTDOWN = ERROR_BIT | 7;
        public static final int ERR_BLOCK_SIZE_REQD = ERROR_BIT | 8;
        public static final int ERR_TOO_BIG = ERROR_BIT | 9;

        private Rep() {}
    }

    /** Kinds of information in a reply to INFO and GO. */
    public static final class InfoType {
        public static final int EXPORT = 0;
        public static final int NAME = 1;
        public static final int BLOCK_SIZE = 3;

        private InfoType() {}
    }

    /** Transmission flags of an export. */
    public static final class Flag {
        public static final int HAS_FLAGS = 1;
        public static final int READ_ONLY = 1 << 1;
        public static final int SEND_FLUSH = 1 << 2;
        public static final int SEND_WRITE_ZEROES = 1 << 6;
        public static final int SEND_DF = 1 << 7;
        public static final int CAN_MULTI_CONN = 1 << 8;

        private Flag() {}
    }

    /** Requests, and their flags. */
    public static final class Command {
        public static final int READ = 0;
        public static final int WRITE = 1;
        public static final int DISCONNECT = 2;
        public static final int FLUSH = 3;
        public static final int TRIM = 4;
        public static final int WRITE_ZEROES = 6;
        public static final int BLOCK_STATUS = 7;

        public static final int FLAG_DF = 1 << 2;
        public static final int FLAG_REQ_ONE = 1 << 3;

        private Command() {}
    }

    /** Chunks of a structured reply. */
    public static final class Chunk {
        public static final int FLAG_DONE = 1;

        public static final int NONE = 0;
        public static final int OFFSET_DATA = 1;
        public static final int OFFSET_HOLE = 2;
        public static final int BLOCK_STATUS = 5;
        public static final int ERROR_BIT = 1 << 15;
        public static final int ERROR = ERROR_BIT | 1;
        public static final int ERROR_OFFSET = ERROR_BIT | 2;

        private Chunk() {}
    }

    /** Error numbers on the wire (those of Linux). */
    public static final class Errno {
        public static final int EPERM = 1;
        public static final int EIO = 5;
        public static final int EINVAL = 22;
        public static final int EOVERFLOW = 75;
        public static final int ESHUTDOWN = 108;

        private Errno() {}

        /** A name for people. */
        public static String name(int errno) {
            return switch (errno) {
                case EPERM -> "EPERM";
                case EIO -> "EIO";
                case 12 -> "ENOMEM";
                case EINVAL -> "EINVAL";
                case 28 -> "ENOSPC";
                case EOVERFLOW -> "EOVERFLOW";
                case 95 -> "ENOTSUP";
                case ESHUTDOWN -> "ESHUTDOWN";
                default -> "error " + Integer.toUnsignedString(errno);
            };
        }
    }
}
