package io.holdfast.vault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import java.util.UUID;

/**
 * One disk of a frozen view. Used by one thread at a time, the caller's or one of the session's; an interrupt of that thread
 * must end a read. Ranges come in ascending order, do not overlap and lie inside the disk; they may be asked for repeatedly.
 */
public interface DiskSource {

    /** The disk's stable key, 1 to 255 characters. */
    String key();

    /** Bytes. */
    long size();

    /** The format on the hypervisor ({@code raw}, {@code qcow2}), for people. */
    String format();

    /** Fills {@code into} (at most 256 KiB) from {@code offset}; the range is inside the disk. */
    void read(long offset, ByteBuffer into) throws IOException;

    /** Where the disk holds data: everything else is known to read as zeros. */
    Iterator<Range> allocated();

    /**
     * What changed since {@link #base()}, zeroed and discarded ranges among it; empty = read in full. The engine compares a
     * sample of the rest with the base and reads the disk in full when they contradict.
     */
    default Optional<Iterator<Range>> changed() {
        return Optional.empty();
    }

    /** The point that {@link #changed()} counts from. */
    default Optional<UUID> base() {
        return Optional.empty();
    }

    /** Why the disk is read in full although an incremental was asked for. */
    default Optional<String> fullReason() {
        return Optional.empty();
    }
}
