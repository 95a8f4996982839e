package io.holdfast.vault;

/** Told now and then how far a disk is; called by one thread at a time, must return at once. */
@FunctionalInterface
public interface ProgressListener {

    /** Hears nothing. */
    ProgressListener NONE = progress -> {};

    /** Called about once per MiB of work. */
    void progressed(Progress progress);

    /**
     * How far a disk is.
     *
     * @param disk its key
     * @param position bytes from the start of the disk that are dealt with
     * @param size the disk's bytes
     * @param readBytes bytes read from the source so far
     * @param newBytes bytes of blocks that were not in the vault, before compression
     * @param storedBytes bytes written to the store by this session so far, other disks included
     */
    record Progress(String disk, long position, long size, long readBytes, long newBytes, long storedBytes) {}
}
