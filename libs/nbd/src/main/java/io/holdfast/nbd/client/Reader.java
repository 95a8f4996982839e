package io.holdfast.nbd.client;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** Reads any range through one connection: in pieces the server takes, several on the wire at once. */
public final class Reader {

    /** Pieces of one call on the wire at once; the connection's own limit is for all callers together. */
    private static final int WINDOW = 8;

    private final Connection connection;
    private final Agreed agreed;

    public Reader(Connection connection) {
        this.connection = connection;
        this.agreed = connection.agreed();
    }

    /** Fills {@code target}; true when the server sent nothing but holes. The range was checked. */
    public boolean read(long offset, ByteBuffer target) {
        if (agreed.aligned(offset, target.remaining())) {
            boolean hole = readAligned(offset, target.slice());
            target.position(target.limit());
            return hole;
        }
        return readUnaligned(offset, target);
    }

    private boolean readAligned(long offset, ByteBuffer target) {
        ArrayDeque<PendingRead> onTheWire = new ArrayDeque<>();
        boolean allHole = true;
        try {
            for (int at = 0; at < target.limit(); ) {
                if (onTheWire.size() >= WINDOW) {
                    allHole &= take(onTheWire);
                }
                int step = Math.min(agreed.maxRequest(), target.limit() - at);
                PendingRead piece = new PendingRead(offset + at, target.slice(at, step));
                connection.send(piece);
                onTheWire.add(piece);
                at += step;
            }
            while (!onTheWire.isEmpty()) {
                allHole &= take(onTheWire);
            }
            return allHole;
        } catch (RuntimeException e) {
            // The caller gets its buffer back only when nobody writes into it any more.
            onTheWire.forEach(connection::settle);
            throw e;
        }
    }

    private boolean take(ArrayDeque<PendingRead> onTheWire) {
        PendingRead first = onTheWire.element();
        connection.finish(first);
        onTheWire.remove();
        return first.allHole();
    }

    /** The server wants whole blocks: reads those around each piece and copies out of them. */
    private boolean readUnaligned(long offset, ByteBuffer target) {
        int block = agreed.minBlock();
        ByteBuffer around =
                ByteBuffer.allocate(Math.min(agreed.maxRequest(), (target.remaining() | (block - 1)) + 1 + block));
        boolean allHole = true;
        for (long at = offset; target.hasRemaining(); ) {
            long start = at & -block;
            long wanted = at - start + target.remaining();
            long blocks = Math.min(around.capacity() & -block, (wanted + block - 1) & -block);
            // Where the export ends within a block, this is the closest one can come to the server's demand.
            int length = (int) Math.min(blocks, agreed.size() - start);
            around.clear().limit(length);
            allHole &= readAligned(start, around.slice());
            int skipped = (int) (at - start);
            int count = Math.min(length - skipped, target.remaining());
            target.put(around.slice(skipped, count));
            at += count;
        }
        return allHole;
    }
}
