package io.holdfast.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/**
 * Read-only content that a server gives out to one connection. Methods are called by many virtual threads at once, may
 * block, and are interrupted when the connection ends. The content must not change while any connection is open, because
 * clients may use several.
 */
public interface NbdExport extends AutoCloseable {

    /** The meta context that every server offers. */
    String ALLOCATION = "base:allocation";

    /** Bytes; any number from 0, it need not be a multiple of anything. */
    long size();

    /**
     * Fills {@code target} (all of its remaining bytes, at most 256 KiB) from {@code offset}; the range lies inside the
     * export. Throwing anything makes the client see an I/O error for that request.
     */
    void read(long offset, ByteBuffer target) throws IOException;

    /**
     * Which parts read as zeros ({@link NbdExtent#ZERO}) or are not allocated ({@link NbdExtent#HOLE}). Contiguous, in
     * order, starting exactly at {@code offset}; may end early (the server asks again), but not before one extent, and may
     * run over the end of the asked range. Should be cheap: it is asked at every read. A few thousand extents suffice.
     */
    List<NbdExtent> allocation(long offset, long length);

    /** Names of meta contexts beside {@link #ALLOCATION}, such as {@code qemu:dirty-bitmap:NAME}; at most 16. */
    default Set<String> metaContexts() {
        return Set.of();
    }

    /** As {@link #allocation}, for one of {@link #metaContexts()}. */
    default List<NbdExtent> extents(String context, long offset, long length) {
        throw new IllegalArgumentException("no such meta context: " + context);
    }

    /** Called once, after the last read has ended (or had been interrupted and did not end in time). */
    @Override
    void close();
}
