package io.holdfast.nbd.server;

import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExtent;
import java.util.ArrayList;
import java.util.List;

/** What an export tells of a range, made fit for the wire. */
final class Extents {

    private Extents() {}

    /**
     * From {@code offset} on, contiguous, clipped to the range, neighbours with equal flags merged, at most {@code limit};
     * at least one.
     *
     * @throws IllegalStateException when the export's answer does not begin at {@code offset}
     */
    static List<NbdExtent> of(NbdExport export, String context, long offset, long length, int limit) {
        List<NbdExtent> told = context.equals(NbdExport.ALLOCATION)
                ? export.allocation(offset, length)
                : export.extents(context, offset, length);
        long end = offset + length;
        long at = offset;
        List<NbdExtent> clean = new ArrayList<>();
        for (NbdExtent extent : told) {
            if (extent.offset() != at || at >= end) {
                break;
            }
            NbdExtent last = clean.isEmpty() ? null : clean.getLast();
            long until = Math.min(end, extent.end());
            if (last != null && last.flags() == extent.flags()) {
                clean.set(clean.size() - 1, new NbdExtent(last.offset(), until - last.offset(), last.flags()));
            } else if (clean.size() < limit) {
                clean.add(new NbdExtent(at, until - at, extent.flags()));
            } else {
                break;
            }
            at = until;
        }
        if (clean.isEmpty()) {
            throw new IllegalStateException("the export tells nothing of the range it was asked for");
        }
        return clean;
    }
}
