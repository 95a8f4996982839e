package io.holdfast.cli.direct;

import java.nio.ByteBuffer;

/** Where a disk is restored to. Thread-safe. Errors: {@code disk-unwritable}, {@code no-space}, {@code nbd-error}. */
interface DiskTarget extends AutoCloseable {

    /** Whether it reads as zeros where nothing is written. */
    boolean isFresh();

    void write(long offset, ByteBuffer bytes);

    void zero(long offset, int length);

    /** Everything is written: it is on the disk then, and {@link #close} removes nothing any more. */
    void sync();

    /** What is synced gets its name, if it has none yet; never that of another. */
    void appear();

    /** Removes what is not complete and can be removed. May be called twice, also by a hook that ends the process. */
    @Override
    void close();
}
