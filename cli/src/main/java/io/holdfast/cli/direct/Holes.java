package io.holdfast.cli.direct;

import io.holdfast.vault.Range;
import java.nio.file.Path;
import java.util.Optional;

/** Where a file holds data, as its file system tells. Used by one thread at a time. */
final class Holes implements AutoCloseable {

    private final Posix file;

    private Holes(Posix file) {
        this.file = file;
    }

    /** Of this file; empty where it cannot be opened this way. */
    static Optional<Holes> of(Path path) {
        Posix file = Posix.open(path, Posix.O_RDONLY);
        if (file.isOpen()) {
            return Optional.of(new Holes(file));
        }
        file.close();
        return Optional.empty();
    }

    /** The first data at or after {@code offset}, within {@code size}; all the rest where the file system does not tell. */
    Optional<Range> next(long offset, long size) {
        if (offset >= size) {
            return Optional.empty();
        }
        long data = file.seek(offset, Posix.SEEK_DATA);
        if (data < 0) {
            return file.errno() == Posix.ENXIO ? Optional.empty() : Optional.of(new Range(offset, size - offset));
        }
        if (data >= size) {
            return Optional.empty();
        }
        long hole = file.seek(data, Posix.SEEK_HOLE);
        return Optional.of(new Range(data, (hole <= data ? size : Math.min(hole, size)) - data));
    }

    @Override
    public void close() {
        file.close();
    }
}
