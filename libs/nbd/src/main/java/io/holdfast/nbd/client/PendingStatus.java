package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.nbd.wire.Protocol.Chunk;
import io.holdfast.nbd.wire.Protocol.Command;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A block status request. The server answers for all selected contexts; one of them is kept. */
final class PendingStatus extends Pending {

    /** Extents of one reply that are kept: the rest of a longer one is asked for again. 2 MiB of memory at most. */
    static final int MAX_KEPT = 65_536;

    /** The specification's advice to servers is at most 2^20; a longer reply is an attack. */
    private static final int MAX_SENT = 1 << 20;

    private final Agreed agreed;
    private final int wanted;
    private final Set<Integer> answered = new HashSet<>();
    private final List<NbdExtent> extents = new ArrayList<>();

    PendingStatus(Agreed agreed, int wanted, long offset, long length) {
        super(Command.BLOCK_STATUS, offset, (int) length);
        this.agreed = agreed;
        this.wanted = wanted;
    }

    /** After success: from the request's offset on, contiguous, inside the request, at least one. */
    List<NbdExtent> extents() {
        return List.copyOf(extents);
    }

    @Override
    void onChunk(int type, long payload, WireInput in) throws IOException {
        long count = (payload - 4) / 8;
        if (type != Chunk.BLOCK_STATUS || payload < 12 || (payload - 4) % 8 != 0 || count > MAX_SENT) {
            throw NbdException.protocol("a status is answered by a chunk of type " + type + ", " + payload + " bytes");
        }
        int context = in.i32();
        if (!agreed.contexts().containsValue(context) || !answered.add(context)) {
            throw NbdException.protocol("a status holds a context that was not asked for, or one twice");
        }
        if (context == wanted) {
            keep(count, in);
        } else {
            in.skip(count * 8);
        }
    }

    @Override
    void onSimpleSuccess(WireInput in, boolean structured) {
        throw NbdException.protocol("a status is answered without structure");
    }

    @Override
    void checkWhole() {
        if (extents.isEmpty()) {
            throw NbdException.protocol("a status says nothing of a context that was agreed on");
        }
    }

    private void keep(long count, WireInput in) throws IOException {
        long end = offset + Integer.toUnsignedLong(length);
        long at = offset;
        for (long i = 0; i < count; i++) {
            long extent = in.u32();
            int flags = in.i32();
            if (extent == 0) {
                throw NbdException.protocol("a status holds an extent of no length");
            }
            if (at >= end || extents.size() >= MAX_KEPT) {
                continue; // A server may tell more than was asked; and what is too much is asked again.
            }
            if (extent % agreed.minBlock() != 0 && at + extent < agreed.size()) {
                throw NbdException.protocol("a status holds an extent that is not aligned");
            }
            long clipped = Math.min(extent, end - at);
            append(new NbdExtent(at, clipped, flags));
            at += clipped;
        }
    }

    private void append(NbdExtent next) {
        if (!extents.isEmpty() && extents.getLast().flags() == next.flags()) {
            NbdExtent last = extents.removeLast();
            extents.add(new NbdExtent(last.offset(), last.length() + next.length(), next.flags()));
        } else {
            extents.add(next);
        }
    }
}
