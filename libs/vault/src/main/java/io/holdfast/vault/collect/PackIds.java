package io.holdfast.vault.collect;

/**
 * A set of pack ids in 32 to 64 bytes each, so that the packs of a vault of 100 TiB fit into some hundred megabytes. Ids are random,
 * hence their own hash. Confined to one thread.
 */
final class PackIds {

    private long[] high = new long[1 << 10];
    private long[] low = new long[1 << 10];
    private int size;
    private boolean hasZero;

    /** Adds an id of 32 hexadecimal digits; false when it was there. */
    boolean add(String id) {
        if (size >= high.length / 2) {
            grow();
        }
        return add(Long.parseUnsignedLong(id, 0, 16, 16), Long.parseUnsignedLong(id, 16, 32, 16));
    }

    boolean contains(String id) {
        long h = Long.parseUnsignedLong(id, 0, 16, 16);
        long l = Long.parseUnsignedLong(id, 16, 32, 16);
        if (h == 0 && l == 0) {
            return hasZero;
        }
        int slot = slot(h, l);
        return high[slot] != 0 || low[slot] != 0;
    }

    int size() {
        return size;
    }

    private boolean add(long h, long l) {
        if (h == 0 && l == 0) {
            boolean fresh = !hasZero;
            hasZero = true;
            size += fresh ? 1 : 0;
            return fresh;
        }
        int slot = slot(h, l);
        if (high[slot] != 0 || low[slot] != 0) {
            return false;
        }
        high[slot] = h;
        low[slot] = l;
        size++;
        return true;
    }

    /** The slot that holds this id, or the empty one where it belongs. */
    private int slot(long h, long l) {
        int mask = high.length - 1;
        int slot = (int) (h ^ l) & mask;
        while ((high[slot] != 0 || low[slot] != 0) && (high[slot] != h || low[slot] != l)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldHigh = high;
        long[] oldLow = low;
        high = new long[oldHigh.length * 2];
        low = new long[oldLow.length * 2];
        size = hasZero ? 1 : 0;
        for (int i = 0; i < oldHigh.length; i++) {
            if (oldHigh[i] != 0 || oldLow[i] != 0) {
                add(oldHigh[i], oldLow[i]);
            }
        }
    }
}
