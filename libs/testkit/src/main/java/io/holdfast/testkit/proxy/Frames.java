package io.holdfast.testkit.proxy;

import java.nio.ByteBuffer;

/** Cuts a stream into messages that say their own length. */
abstract class Frames implements Tap.Listener {

    /** Longer than any message of a client; more means that the stream is not what it is taken for. */
    private static final int LONGEST = 64 << 20;

    private ByteBuffer kept = ByteBuffer.allocate(0);

    /** The length of the message that begins at the position, its header included; 0 while that cannot be told yet. */
    protected abstract int length(ByteBuffer at);

    /** One whole message. */
    protected abstract void message(ByteBuffer message);

    @Override
    public void sent(byte[] bytes) {
        ByteBuffer all = ByteBuffer.allocate(kept.remaining() + bytes.length)
                .put(kept)
                .put(bytes)
                .flip();
        for (int length = next(all); length > 0 && length <= all.remaining(); length = next(all)) {
            message(all.slice(all.position(), length));
            all.position(all.position() + length);
        }
        kept = all;
    }

    private int next(ByteBuffer all) {
        int length = length(all.slice());
        if (length < 0 || length > LONGEST) {
            throw new IllegalStateException("a message of " + length + " bytes: the tap came too late");
        }
        return length;
    }
}
