package io.holdfast.vault.write;

import io.holdfast.vault.Range;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.format.VaultFormat;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A source's byte ranges as whole blocks, those that touch merged. Refuses ranges that break the rules. */
final class BlockRanges {

    private final Iterator<Range> ranges;
    private final long size;
    private long lastEnd;
    private @Nullable Extent ahead;

    BlockRanges(Iterator<Range> ranges, long size) {
        this.ranges = ranges;
        this.size = size;
        ahead = fetch();
    }

    /** The next range of blocks, or null at the end. */
    @Nullable
    Extent next() {
        Extent current = ahead;
        if (current == null) {
            return null;
        }
        ahead = fetch();
        while (ahead != null && ahead.block() <= current.end()) {
            current = Extent.between(current.block(), Math.max(current.end(), ahead.end()), false);
            ahead = fetch();
        }
        return current;
    }

    private @Nullable Extent fetch() {
        Range range = ask();
        if (range == null) {
            return null;
        }
        if (range.offset() < lastEnd || range.end() > size) {
            throw new VaultException(
                    VaultException.Kind.SOURCE_FAILED, null, "the source's ranges overlap or leave the disk: " + range);
        }
        lastEnd = range.end();
        long to = (range.end() - 1) / VaultFormat.BLOCK + 1;
        return Extent.between(range.offset() / VaultFormat.BLOCK, to, false);
    }

    /** What asks a server may fail as a read does. */
    private @Nullable Range ask() {
        try {
            return ranges.hasNext() ? ranges.next() : null;
        } catch (VaultException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new VaultException(
                    VaultException.Kind.SOURCE_FAILED, null, "the source failed: " + e.getMessage(), e);
        }
    }
}
