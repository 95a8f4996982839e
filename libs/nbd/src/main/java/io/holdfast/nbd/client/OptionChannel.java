package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.Protocol.Rep;
import io.holdfast.nbd.wire.Transport;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Sends options and reads their replies. */
final class OptionChannel {

    /** A reply's longest payload: a string of the greatest length and the fields before it. */
    private static final int MAX_REPLY = Protocol.MAX_STRING + 64;

    private final Transport transport;
    private final WireInput in;

    OptionChannel(Transport transport, WireInput in) {
        this.transport = transport;
        this.in = in;
    }

    /** One reply of the server to an option. */
    record Reply(int type, ByteBuffer payload) {
        boolean isError() {
            return (type & Rep.ERROR_BIT) != 0;
        }
    }

    void send(int option, ByteBuffer payload) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(16);
        header.putLong(Protocol.OPTION_MAGIC).putInt(option).putInt(payload.remaining());
        transport.write(header.flip(), payload);
    }

    Reply receive(int option) throws IOException {
        if (in.i64() != Protocol.OPTION_REPLY_MAGIC) {
            throw NbdException.protocol("the reply to an option has a wrong magic number");
        }
        int answered = in.i32();
        int type = in.i32();
        long length = in.u32();
        if (answered != option) {
            throw NbdException.protocol("a reply to option " + option + " names option " + answered);
        }
        if (length > MAX_REPLY) {
            throw NbdException.protocol("the reply to an option is too long: " + length + " bytes");
        }
        return new Reply(type, ByteBuffer.wrap(in.bytes((int) length)));
    }

    /** Sends an option without data that is answered once; whether the server took it. */
    Reply ask(int option) throws IOException {
        send(option, ByteBuffer.allocate(0));
        Reply reply = receive(option);
        if (!reply.isError() && (reply.type() != Rep.ACK || reply.payload().hasRemaining())) {
            throw NbdException.protocol("option " + option + " is answered with type " + reply.type());
        }
        return reply;
    }

    /** The failure that an error reply stands for; its text is the server's and may repeat the export's name: left out. */
    static NbdException refusal(Reply reply) {
        NbdException.Kind kind = switch (reply.type()) {
            case Rep.ERR_TLS_REQD -> NbdException.Kind.TLS;
            case Rep.ERR_SHUTDOWN, Rep.ERR_PLATFORM -> NbdException.Kind.IO;
            default -> NbdException.Kind.REFUSED;
        };
        return new NbdException(kind, "the NBD server refused: " + name(reply.type()));
    }

    static String text(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        try {
            return WireInput.text(bytes);
        } catch (CharacterCodingException e) {
            throw NbdException.protocol("a name is not UTF-8");
        }
    }

    private static String name(int type) {
        return switch (type) {
            case Rep.ERR_UNSUP -> "option not supported";
            case Rep.ERR_POLICY -> "forbidden by its policy";
            case Rep.ERR_INVALID -> "option invalid";
            case Rep.ERR_PLATFORM -> "not possible on its platform";
            case Rep.ERR_TLS_REQD -> "TLS required";
            case Rep.ERR_UNKNOWN -> "no such export";
            case Rep.ERR_SHUTDOWN -> "shutting down";
            case Rep.ERR_BLOCK_SIZE_REQD -> "block size required";
            case Rep.ERR_TOO_BIG -> "request too big";
            default -> "error " + (type & ~Rep.ERROR_BIT);
        };
    }
}
