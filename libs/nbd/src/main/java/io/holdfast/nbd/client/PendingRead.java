package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.wire.Protocol.Chunk;
import io.holdfast.nbd.wire.Protocol.Command;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A read: every byte of its range must come exactly once, as data or as a hole. */
final class PendingRead extends Pending {

    private static final byte[] ZEROS = new byte[16 << 10];

    private final ByteBuffer target;
    private final Coverage coverage;
    private boolean data;

    /** {@code target}'s remaining bytes are the range; nobody else touches them until {@link #done}. */
    PendingRead(long offset, ByteBuffer target) {
        super(Command.READ, offset, target.remaining());
        this.target = target;
        this.coverage = new Coverage(target.remaining());
    }

    /** After success: whether the server sent nothing but holes. */
    boolean allHole() {
        return !data;
    }

    @Override
    void onChunk(int type, long payload, WireInput in) throws IOException {
        if (type == Chunk.OFFSET_DATA && payload > 8) {
            ByteBuffer part = claim(in.i64(), payload - 8);
            data = true;
            in.into(part);
        } else if (type == Chunk.OFFSET_HOLE && payload == 12) {
            zero(claim(in.i64(), in.u32()));
        } else {
            throw NbdException.protocol("a read is answered by a chunk of type " + type + ", " + payload + " bytes");
        }
    }

    @Override
    void onSimpleSuccess(WireInput in, boolean structured) throws IOException {
        if (structured) {
            throw NbdException.protocol("a read is answered without structure though structure was agreed");
        }
        ByteBuffer part = claim(offset, length);
        data = true;
        in.into(part);
    }

    @Override
    void checkWhole() {
        if (!coverage.complete()) {
            throw NbdException.protocol("a read is answered in part only");
        }
    }

    private ByteBuffer claim(long at, long count) {
        // No overflow: an offset before ours or far behind it is refused by the coverage.
        long start = at < offset ? -1 : at - offset;
        coverage.add(start, count);
        return target.slice(target.position() + (int) start, (int) count);
    }

    private static void zero(ByteBuffer part) {
        while (part.hasRemaining()) {
            part.put(ZEROS, 0, Math.min(ZEROS.length, part.remaining()));
        }
    }
}
