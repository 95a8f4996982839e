package io.holdfast.vault.pack;

/**
 * What a directory says of a frame.
 *
 * @param length bytes of the sealed frame
 * @param rawLength bytes when decompressed
 * @param count blocks or nodes in it
 */
public record FrameEntry(int offset, int length, int rawLength, int count, int kind, int codec) {

    /** Blocks. */
    public static final int DATA = 0;
    /** Nodes of a map. */
    public static final int NODES = 1;
}
