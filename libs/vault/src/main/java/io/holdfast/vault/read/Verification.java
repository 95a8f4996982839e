package io.holdfast.vault.read;

import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointManifest.Disk;
import io.holdfast.vault.Range;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.VerifyReport;
import io.holdfast.vault.VerifyReport.Damage;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.Location;
import io.holdfast.vault.map.MapNode;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.map.MapShape;
import io.holdfast.vault.pack.AtOnce;
import io.holdfast.vault.pack.FrameStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a point needs and recomputes the identity of every block. What the point shares with one that was verified before it, the
 * same node at the same place, is not read again: a chain of points costs about what its packs hold. Used once, by one thread.
 */
public final class Verification {

    private static final long LEAF_BYTES = (long) VaultFormat.LEAF_BLOCKS * VaultFormat.BLOCK;
    /** Leaves that are read in one piece: 2 MiB. */
    private static final int PIECE_LEAVES = 16;
    /** Pieces that wait to be read, at most. */
    private static final int BATCH = 1024;

    private final FrameStore frames;
    private final KeyRing keys;
    private final PointManifest point;
    private final Optional<VerifyReport> beside;
    private final BooleanSupplier chosen;
    private final LongConsumer progress;
    private final List<Damage> damages = new ArrayList<>();
    private final AtomicLong verified = new AtomicLong();
    private boolean complete = true;

    /**
     * A verification.
     *
     * @param beside of a point that shares with this one, complete
     * @param chosen asked for each piece of 2 MiB whether it is looked at
     * @param progress told bytes of data that were verified, by many threads
     */
    public Verification(
            FrameStore frames,
            KeyRing keys,
            PointManifest point,
            Optional<VerifyReport> beside,
            BooleanSupplier chosen,
            LongConsumer progress) {
        this.frames = frames;
        this.keys = keys;
        this.point = point;
        this.beside = beside.filter(VerifyReport::complete);
        this.chosen = chosen;
        this.progress = progress;
    }

    public VerifyReport run() {
        for (Disk disk : point.disks()) {
            DiskWalk walk = new DiskWalk(disk);
            walk.node(MapShape.of(disk.size()).height(), 0);
            walk.flush();
        }
        return new VerifyReport(point, verified.get(), Damages.merged(damages), complete);
    }

    private synchronized boolean add(Disk disk, Range range, VaultException e) {
        return add(new Damage(
                disk.key(), range, e.kind(), e.object().orElse(Keys.POINTS), String.valueOf(e.getMessage())));
    }

    private synchronized boolean add(Damage damage) {
        if (damages.size() < VerifyReport.MOST_DAMAGES) {
            damages.add(damage);
            return true;
        }
        complete = false;
        return false;
    }

    private synchronized boolean goesOn() {
        return complete;
    }

    /** Leaves that follow one another. */
    private record Piece(long leaf, int count) {}

    /** Walks the map of one disk, beside that of the same disk in the point that was verified before. */
    private final class DiskWalk {
        private final Disk disk;
        private final MapReader map;
        private final DiskView view;
        private final @Nullable MapReader other;
        private final List<Damage> othersDamages;
        private final List<Piece> pieces = new ArrayList<>();

        DiskWalk(Disk disk) {
            this.disk = disk;
            map = new MapReader(frames, disk);
            view = new DiskView(frames, keys, disk);
            other = beside.flatMap(report -> report.point().disk(disk.key()))
                    .filter(there -> there.size() == disk.size())
                    .map(there -> new MapReader(frames, there))
                    .orElse(null);
            othersDamages = beside.map(VerifyReport::damages).orElse(List.of()).stream()
                    .filter(damage -> damage.disk().equals(disk.key()))
                    .toList();
        }

        void node(int level, long index) {
            long location = map.location(level, index);
            if (location == Location.NONE || !goesOn()) {
                return;
            }
            if (isShared(level, index, location)) {
                inherit(range(level, index));
                return;
            }
            if (level == 0) {
                leaf(index);
                return;
            }
            MapNode.Inner node;
            try {
                node = map.inner(level, index);
            } catch (VaultException e) {
                add(disk, range(level, index), e);
                return;
            }
            for (int i = 0; node != null && i < VaultFormat.FAN_OUT; i++) {
                if (node.children()[i] != Location.NONE) {
                    node(level - 1, (index << VaultFormat.FAN_BITS) + i);
                }
            }
        }

        private boolean isShared(int level, long index, long location) {
            if (other == null) {
                return false;
            }
            try {
                long there = other.location(level, index);
                return MapDiff.isShared(map, location, other, there);
            } catch (VaultException e) {
                // A node above it is damaged there: then this point is looked at by itself.
                return false;
            }
        }

        /** What is shared is damaged here as there. */
        private void inherit(Range shared) {
            for (Damage damage : othersDamages) {
                long from = Math.max(damage.range().offset(), shared.offset());
                long end = Math.min(damage.range().end(), shared.end());
                if (from < end) {
                    add(new Damage(
                            disk.key(), new Range(from, end - from), damage.kind(), damage.object(), damage.message()));
                }
            }
        }

        private void leaf(long index) {
            Piece last = pieces.isEmpty() ? null : pieces.getLast();
            if (last != null && last.leaf() + last.count() == index && last.count() < PIECE_LEAVES) {
                pieces.set(pieces.size() - 1, new Piece(last.leaf(), last.count() + 1));
                return;
            }
            if (pieces.size() >= BATCH) {
                flush();
            }
            pieces.add(new Piece(index, 1));
        }

        void flush() {
            List<Piece> now =
                    pieces.stream().filter(piece -> chosen.getAsBoolean()).toList();
            pieces.clear();
            AtOnce.each(now.size(), at -> {
                Piece piece = now.get((int) at);
                long start = piece.leaf() * LEAF_BYTES;
                return read(start, Math.min(disk.size(), start + piece.count() * LEAF_BYTES));
            });
        }

        /** Reads a range; where that fails its halves, down to the block, so that damage is told as small as it is. */
        private boolean read(long start, long end) {
            try {
                for (Range range : view.allocated(start, end - start)) {
                    view.read(range.offset(), ByteBuffer.allocate((int) range.length()));
                    verified.addAndGet(range.length());
                    progress.accept(range.length());
                }
                return true;
            } catch (VaultException e) {
                if (end - start <= VaultFormat.BLOCK) {
                    return add(disk, new Range(start, end - start), e);
                }
                long middle =
                        start + (end - start + 2L * VaultFormat.BLOCK - 1) / 2 / VaultFormat.BLOCK * VaultFormat.BLOCK;
                return read(start, middle) && read(middle, end);
            }
        }

        private Range range(int level, long index) {
            return MapDiff.range(level, index, disk.size());
        }
    }
}
