package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdExtent;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Walks what a meta context says of a range: asks again and again, merges, keeps one reply in memory. */
public final class Statuses implements Iterator<NbdExtent> {

    /** Longest range of one request: below 2^32 and a multiple of every block size. */
    private static final long MAX_ASKED = (1L << 32) - (1 << 16);

    /** A server that tells less than this many bytes per reply, over many replies, keeps us busy for ever. */
    private static final long LEAST_PROGRESS = 4_096;

    private static final long REPLIES_OF_GRACE = 64;

    private final Connection connection;
    private final int context;
    private final long start;
    private final long end;
    private Iterator<NbdExtent> reply = List.<NbdExtent>of().iterator();
    private @Nullable NbdExtent ahead;
    private long asked;
    private long replies;

    public Statuses(Connection connection, int context, long offset, long length) {
        this.connection = connection;
        this.context = context;
        this.start = offset;
        this.asked = offset;
        this.end = offset + length;
    }

    /** One request and its reply: contiguous from {@code offset} on, inside the range, at least one extent. */
    public static List<NbdExtent> once(Connection connection, int context, long offset, long length) {
        Agreed agreed = connection.agreed();
        long block = agreed.minBlock();
        long from = offset & -block;
        long wanted = Math.min(agreed.size(), (offset + length + block - 1) & -block);
        long to = Math.min(from + MAX_ASKED, wanted);
        PendingStatus request = new PendingStatus(agreed, context, from, to - from);
        connection.send(request);
        connection.finish(request);
        return request.extents().stream()
                .filter(extent -> extent.end() > offset && extent.offset() < offset + length)
                .map(extent -> clip(extent, offset, offset + length))
                .toList();
    }

    @Override
    public boolean hasNext() {
        return ahead != null || reply.hasNext() || asked < end;
    }

    @Override
    public NbdExtent next() {
        NbdExtent current = ahead == null ? raw() : ahead;
        ahead = null;
        while (reply.hasNext() || asked < end) {
            NbdExtent following = raw();
            if (following.flags() != current.flags()) {
                ahead = following;
                break;
            }
            current = new NbdExtent(current.offset(), current.length() + following.length(), current.flags());
        }
        return current;
    }

    private NbdExtent raw() {
        if (!reply.hasNext()) {
            if (asked >= end) {
                throw new NoSuchElementException();
            }
            List<NbdExtent> extents = once(connection, context, asked, end - asked);
            asked = extents.getLast().end();
            replies++;
            if (asked < end && asked - start < (replies - REPLIES_OF_GRACE) * LEAST_PROGRESS) {
                connection.close();
                throw NbdException.protocol("the server's status makes no progress");
            }
            reply = extents.iterator();
        }
        return reply.next();
    }

    private static NbdExtent clip(NbdExtent extent, long from, long to) {
        long start = Math.max(from, extent.offset());
        return new NbdExtent(start, Math.min(to, extent.end()) - start, extent.flags());
    }
}
