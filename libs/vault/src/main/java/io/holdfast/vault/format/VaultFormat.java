package io.holdfast.vault.format;

import io.holdfast.vault.VaultException;
import java.nio.charset.StandardCharsets;

/** Constants of format version 0, see docs/vault-format.md. */
public final class VaultFormat {

    public static final int VERSION = 0;
    /** Features that this program knows. */
    public static final int KNOWN_FEATURES = 0;

    public static final int BLOCK = 4096;
    public static final int FRAME_BLOCKS = 64;
    public static final int IDENTITY = 16;
    public static final int LEAF_BLOCKS = 32;
    public static final int FAN_OUT = 256;
    public static final int FAN_BITS = 8;
    public static final int TAG = 16;
    public static final int MAX_PACK = 32 << 20;
    public static final int MAX_FRAMES = 8192;
    public static final int MAX_NODES = 1023;
    public static final int MAX_NODE_FRAME = 96 << 10;
    public static final int PACK_HEAD = 16;
    public static final int TRAILER = 64;
    public static final int DIRECTORY_ENTRY = 16;
    public static final int MAX_DIRECTORY = MAX_FRAMES * DIRECTORY_ENTRY + TAG;
    public static final int MAX_SEALED = 64 << 20;
    public static final int MAX_DISKS = 256;
    public static final int MAX_PACKS = 2 << 20;
    public static final int CODEC_STORED = 0;
    public static final int CODEC_ZSTD = 1;

    private VaultFormat() {}

    /** The bytes of a magic or a label. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Version and feature flags of an object. */
    public record Features(int version, int incompatible, int compatible) {

        /** Refuses what this program does not know and would have to. */
        public void require(String object, Access access) {
            if (version != VERSION) {
                throw unsupported(object, " has format version " + version);
            }
            int needed = access == Access.WRITE ? incompatible | compatible : incompatible;
            int unknown = needed & ~KNOWN_FEATURES;
            if (unknown != 0) {
                throw unsupported(
                        object,
                        (incompatible & unknown) != 0
                                ? " needs unknown features 0x" + Integer.toHexString(unknown)
                                : " has features 0x" + Integer.toHexString(unknown)
                                        + " that this program does not know: it can be read, but not be written to");
            }
        }

        private static VaultException unsupported(String object, String what) {
            return new VaultException(VaultException.Kind.UNSUPPORTED, object, object + what);
        }
    }
}
