package io.holdfast.vault.write;

import org.jspecify.annotations.Nullable;

/** What of a disk has to be read, in ascending order. */
final class Extents {

    private final @Nullable BlockRanges changed;
    private final BlockRanges allocated;
    private @Nullable Extent change;
    private @Nullable Extent data;

    /** @param changed what changed, or null when everything allocated is read */
    Extents(@Nullable BlockRanges changed, BlockRanges allocated) {
        this.changed = changed;
        this.allocated = allocated;
    }

    /** The next extent, or null at the end. What changed and holds no data is an extent of zeros. */
    @Nullable
    Extent next() {
        if (changed == null) {
            return allocated.next();
        }
        if (change == null) {
            change = changed.next();
        }
        if (change == null) {
            return null;
        }
        if (data == null || data.end() <= change.block()) {
            data = allocatedFrom(change.block());
        }
        Extent extent = first(change, data);
        change = extent.end() == change.end() ? null : Extent.between(extent.end(), change.end(), false);
        return extent;
    }

    private @Nullable Extent allocatedFrom(long block) {
        Extent next = allocated.next();
        while (next != null && next.end() <= block) {
            next = allocated.next();
        }
        return next;
    }

    private static Extent first(Extent change, @Nullable Extent data) {
        if (data == null || data.block() >= change.end()) {
            return Extent.between(change.block(), change.end(), true);
        }
        if (data.block() > change.block()) {
            return Extent.between(change.block(), data.block(), true);
        }
        return Extent.between(change.block(), Math.min(change.end(), data.end()), false);
    }
}
