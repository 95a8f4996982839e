package io.holdfast.vault;

import io.holdfast.vault.read.DiskView;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads one disk of a restore point. Thread-safe. */
public final class DiskReader {

    private final DiskView view;

    DiskReader(DiskView view) {
        this.view = view;
    }

    /** Bytes. */
    public long size() {
        return view.size();
    }

    /**
     * Fills {@code into} from {@code offset}. Every block's identity is recomputed.
     *
     * @throws VaultException MISSING or CORRUPT, with object and range; {@code into} may then be filled in part
     * @throws IllegalArgumentException when the range is not inside the disk
     */
    public void read(long offset, ByteBuffer into) {
        view.read(offset, into);
    }

    /** Where the disk holds data within the range, ascending and merged; the rest reads as zeros. */
    public List<Range> allocated(long offset, long length) {
        return view.allocated(offset, length);
    }
}
