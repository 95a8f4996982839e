package io.holdfast.vault.write;

/**
 * Blocks that are to be read, or that are known to be zeros.
 *
 * @param block first block
 * @param count blocks, at least 1
 */
record Extent(long block, long count, boolean zeros) {

    static Extent between(long from, long to, boolean zeros) {
        return new Extent(from, to - from, zeros);
    }

    long end() {
        return block + count;
    }
}
