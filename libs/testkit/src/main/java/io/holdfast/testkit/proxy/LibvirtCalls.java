package io.holdfast.testkit.proxy;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Calls of libvirt's remote protocol: length, program, version, procedure, type, serial, status, each four bytes. */
final class LibvirtCalls extends Frames {

    private static final int HEADER = 28;
    private static final int CALL = 0;
    private static final int CALL_WITH_FDS = 4;

    private final Consumer<String> out;

    LibvirtCalls(Consumer<String> out) {
        this.out = out;
    }

    @Override
    protected int length(ByteBuffer at) {
        return at.remaining() < Integer.BYTES ? 0 : at.getInt(0);
    }

    @Override
    protected void message(ByteBuffer message) {
        int type = message.remaining() < HEADER ? -1 : message.getInt(16);
        if (type == CALL || type == CALL_WITH_FDS) {
            out.accept(Integer.toUnsignedString(message.getInt(4)) + " " + message.getInt(12));
        }
    }
}
