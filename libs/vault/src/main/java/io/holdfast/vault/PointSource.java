package io.holdfast.vault;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;

/**
 * A disk of a restore point as the source of another backup: what copies it into another vault. Every block is proven as it is read; a
 * failure is a {@link VaultException} of the vault that is read.
 */
public final class PointSource implements DiskSource {

    /** What is asked about at once: where there is data in it. */
    private static final long WINDOW = 256L << 20;

    private final Vault vault;
    private final PointManifest point;
    private final PointManifest.Disk disk;
    private final DiskReader reader;
    private final Optional<PointManifest> base;

    /**
     * A disk of a point.
     *
     * @param base a point that is in the other vault, too: what both share is not read
     */
    public PointSource(Vault vault, PointManifest point, String key, Optional<PointManifest> base) {
        this.vault = vault;
        this.point = point;
        this.disk = point.disk(key).orElseThrow(() -> new IllegalArgumentException("the point has no disk " + key));
        this.reader = vault.open(point).disk(key);
        this.base = base.filter(other -> vault.differences(point, other, key).isPresent());
    }

    @Override
    public String key() {
        return disk.key();
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public String format() {
        return disk.format();
    }

    @Override
    public void read(long offset, ByteBuffer into) {
        reader.read(offset, into);
    }

    @Override
    public Iterator<Range> allocated() {
        return new Allocated();
    }

    private final class Allocated implements Iterator<Range> {
        private long asked;
        private Iterator<Range> now = List.<Range>of().iterator();

        @Override
        public boolean hasNext() {
            while (!now.hasNext() && asked < disk.size()) {
                long length = Math.min(WINDOW, disk.size() - asked);
                now = reader.allocated(asked, length).iterator();
                asked += length;
            }
            return now.hasNext();
        }

        @Override
        public Range next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return now.next();
        }
    }

    @Override
    public Optional<Iterator<Range>> changed() {
        return base.flatMap(other -> vault.differences(point, other, disk.key()));
    }

    @Override
    public Optional<UUID> base() {
        return base.map(PointManifest::id);
    }
}
