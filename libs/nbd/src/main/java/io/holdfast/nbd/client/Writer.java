package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.wire.Protocol.Command;
import java.nio.ByteBuffer;

/** Writes any aligned range through one connection, in pieces that the server takes. */
public final class Writer {

    /** A server may have to write as many zeros as it is told. */
    private static final int MOST_ZEROS = 32 << 20;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Connection connection;
    private final Agreed agreed;

    public Writer(Connection connection) {
        this.connection = connection;
        this.agreed = connection.agreed();
    }

    /** Writes all remaining bytes of {@code source}. The range was checked. */
    public void write(long offset, ByteBuffer source) {
        requireChangeable(offset, source.remaining());
        long at = offset;
        while (source.hasRemaining()) {
            int step = Math.min(agreed.maxRequest(), source.remaining());
            perform(new PendingChange(Command.WRITE, at, step, source.slice(source.position(), step)));
            source.position(source.position() + step);
            at += step;
        }
    }

    /** Makes a range read as zeros, without sending them where the server can. The range was checked. */
    public void zero(long offset, long length) {
        requireChangeable(offset, length);
        boolean told = agreed.canWriteZeroes();
        int most = told ? MOST_ZEROS : agreed.maxRequest();
        for (long at = offset; at < offset + length; at += most) {
            int step = (int) Math.min(most, offset + length - at);
            perform(
                    told
                            ? new PendingChange(Command.WRITE_ZEROES, at, step, NOTHING)
                            : new PendingChange(Command.WRITE, at, step, ByteBuffer.allocate(step)));
        }
    }

    /** What was written before survives the loss of power; nothing where the server knows no such thing. */
    public void flush() {
        if (agreed.canFlush()) {
            perform(new PendingChange(Command.FLUSH, 0, 0, NOTHING));
        }
    }

    private void perform(PendingChange change) {
        connection.send(change);
        connection.finish(change);
    }

    private void requireChangeable(long offset, long length) {
        if (agreed.readOnly()) {
            throw new NbdException(NbdException.Kind.REFUSED, "the export is read-only");
        }
        if (!agreed.aligned(offset, length)) {
            throw new NbdException(
                    NbdException.Kind.REFUSED,
                    "the export takes blocks of " + agreed.minBlock() + " bytes only, not " + length + " at " + offset);
        }
    }
}
