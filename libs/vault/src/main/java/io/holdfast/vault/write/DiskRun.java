package io.holdfast.vault.write;

import io.holdfast.vault.DiskSource;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.ProgressListener;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.format.Journal;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.map.MapShape;
import io.holdfast.vault.map.PackTable;
import io.holdfast.vault.map.TreeBuilder;
import io.holdfast.vault.pack.FrameStore;
import io.holdfast.vault.pack.PackStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Backs up one disk: one thread reads, one builds frames and map; the pools hash, compress and put. */
final class DiskRun {

    private static final long PROGRESS_STEP = 1 << 20;

    private final DiskSource disk;
    private final DiskPlan plan;
    private final VaultParts vault;
    private final Failure failure;
    private final ProgressListener listener;
    private final Uploads uploads;
    private final PackTable table;
    private final TreeBuilder tree;
    private final MapWriter map;
    private final BlockingQueue<Span> spans;
    private final long readBefore;
    private long toldAt = -PROGRESS_STEP;

    /** What the disks of a session share. */
    record Shared(VaultParts vault, Failure failure, Uploads uploads, PackStream packs, RecentBlocks recent) {}

    DiskRun(
            DiskSource disk,
            DiskPlan plan,
            Shared shared,
            FrameStore baseFrames,
            Optional<Journal.Progress> earlier,
            ProgressListener listener) {
        this.disk = disk;
        this.plan = plan;
        this.vault = shared.vault;
        this.failure = shared.failure;
        this.uploads = shared.uploads;
        this.listener = listener;
        spans = new ArrayBlockingQueue<>(vault.options().window());
        PointManifest.Disk base = plan.baseDisk();
        boolean countsOfBase = earlier.isEmpty() && plan.inherits() && base != null;
        table = new PackTable(
                earlier.map(Journal.Progress::packs).orElse(countsOfBase && base != null ? base.packs() : List.of()));
        MapReader baseOfMap = null;
        MapReader baseOfTree = null;
        if (base != null) {
            table.know(base.packs());
            baseOfMap = new MapReader(baseFrames, base);
            baseOfTree = new MapReader(baseFrames, base);
        }
        tree = new TreeBuilder(MapShape.of(plan.size()), baseOfTree, plan.inherits(), table, shared.packs);
        earlier.ifPresent(progress -> tree.resume(progress.nextLeaf(), progress.slots()));
        readBefore = earlier.map(Journal.Progress::readBytes).orElse(0L);
        map = new MapWriter(
                new MapWriter.Parts(baseOfMap, plan.inherits(), tree, table, shared.packs, vault.cpu(), shared.recent),
                vault.options().window(),
                readBefore,
                earlier.map(Journal.Progress::newBytes).orElse(0L));
    }

    /** Runs to the end; the finished disk's pack sizes are known when its last pack is closed. */
    FinishedDisk run() throws InterruptedException {
        AtomicReference<@Nullable Long> root = new AtomicReference<>();
        long from = tree.position() * VaultFormat.LEAF_BLOCKS;
        Thread reader = Thread.ofVirtual().name("vault-read").unstarted(() -> guarded(() -> read(from)));
        Thread builder = Thread.ofPlatform().daemon().name("vault-build").unstarted(() -> guarded(() -> build(root)));
        List<Thread> threads = List.of(reader, builder);
        try {
            threads.forEach(failure::enlist);
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            failure.fail(e);
            builder.join(1000);
            throw e;
        } finally {
            threads.forEach(failure::discharge);
        }
        failure.check();
        Long rootLocation = root.get();
        if (rootLocation == null) {
            throw new IllegalStateException("the backup of a disk ended without a result");
        }
        return new FinishedDisk(plan, map.settledRead(), map.settledFresh(), rootLocation, table);
    }

    /** The state between two leaves, for the journal; called by the builder's thread. */
    Journal.Progress progress() {
        return new Journal.Progress(
                plan.key(),
                plan.size(),
                plan.mode(),
                plan.base(),
                tree.position(),
                map.settledRead(),
                map.settledFresh(),
                tree.slots(),
                table.uses());
    }

    private interface Stage {
        void run() throws InterruptedException;
    }

    private void guarded(Stage stage) {
        try {
            stage.run();
        } catch (Throwable e) {
            failure.fail(e);
        }
    }

    private void read(long from) throws InterruptedException {
        BlockRanges changed = plan.inherits() ? new BlockRanges(disk.changed().orElseThrow(), plan.size()) : null;
        Extents extents = new Extents(changed, new BlockRanges(disk.allocated(), plan.size()));
        new SpanReader(disk, extents, vault.keys(), vault.cpu(), spans).run(from);
    }

    private void build(AtomicReference<@Nullable Long> root) throws InterruptedException {
        try {
            for (Span span = spans.take(); !span.isEnd(); span = spans.take()) {
                map.accept(span, readBefore + span.read());
                tell((span.block() + span.count()) * VaultFormat.BLOCK, readBefore + span.read());
            }
            root.set(map.finish());
            tell(plan.size(), map.settledRead());
        } catch (VaultException e) {
            throw baseNotUsable(e);
        }
    }

    /** For what fails where only the base's map is read from the vault. */
    static VaultException baseNotUsable(VaultException e) {
        return switch (e.kind()) {
            case CORRUPT, MISSING, UNSUPPORTED ->
                new VaultException(
                        VaultException.Kind.BASE_NOT_USABLE,
                        e.object().orElse(null),
                        "the base cannot be used: " + e.getMessage(),
                        e);
            default -> e;
        };
    }

    private void tell(long position, long read) {
        long at = Math.min(position, plan.size());
        if (at - toldAt >= PROGRESS_STEP || at == plan.size()) {
            toldAt = at;
            listener.progressed(new ProgressListener.Progress(
                    plan.key(), at, plan.size(), read, map.settledFresh(), uploads.stored()));
        }
    }
}
