package io.holdfast.vault.write;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.ObjectKey;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupKind;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointManifest.ReadMode;
import io.holdfast.vault.ProgressListener;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ChainEnd;
import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.Draft;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.Journal;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.ManifestCodec;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.pack.FrameStore;
import io.holdfast.vault.pack.PackCheck;
import io.holdfast.vault.pack.PackHandle;
import io.holdfast.vault.pack.PackStream;
import io.holdfast.vault.session.Beats;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One attempt to store one point. Used by one thread at a time. */
public final class SessionWriter implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(SessionWriter.class.getName());
    private static final int JOURNAL_SHARE = 100;

    private final VaultParts vault;
    private final BackupIntent intent;
    private final SessionOpening opening;
    private final Optional<JournalLog> journals;
    private final Optional<Beats> beats;
    private final Optional<Journal> earlier;
    private final Failure failure = new Failure();
    private final Uploads uploads;
    private final DiskRun.Shared shared;
    private final PackStream packs;
    private final FrameStore baseFrames;
    private final PackCheck usablePacks;
    private final Map<UUID, PointManifest> bases = new HashMap<>();
    private final List<FinishedDisk> finished = new ArrayList<>();
    private final List<PointManifest.Disk> reused = new ArrayList<>();
    private @Nullable DiskRun running;
    private long packedBytes;
    private long journalAt;
    private boolean over;

    public SessionWriter(VaultParts vault, BackupIntent intent) {
        this.vault = vault;
        this.intent = intent;
        baseFrames = new FrameStore(
                vault.store(), vault.keys(), Access.WRITE, vault.options().cacheBytes() / 2);
        usablePacks = new PackCheck(baseFrames);
        opening = SessionOpening.of(vault, intent, usablePacks);
        journals = opening.session().map(session -> new JournalLog(vault, session));
        earlier = opening.journal();
        if (opening.committed().isEmpty()) {
            intent.base().ifPresent(this::base);
        }
        uploads = new Uploads(vault.store(), vault.options().putThreads(), failure);
        uploads.countEarlier(
                opening.storedBytes() + earlier.map(Journal::stored).orElse(0L));
        packs = new PackStream(vault.keys(), vault.random(), vault.options().packBytes(), new PackStream.Listener() {
            @Override
            public void awaitRoom() throws InterruptedException {
                uploads.awaitRoom();
            }

            @Override
            public void finished(PackHandle pack, byte[] object, boolean betweenLeaves) {
                packFinished(pack, object, betweenLeaves);
            }
        });
        shared = new DiskRun.Shared(vault, failure, uploads, packs, new RecentBlocks());
        journalAt = vault.options().journalBytes();
        beats = opening.session()
                .map(session ->
                        new Beats(vault.store(), vault.keys(), vault.random(), session, MonotonicClock.system()));
    }

    /** The manifest that an attempt of this job committed. */
    public static Optional<PointManifest> committed(VaultParts vault, String vm, String job) {
        return JobHistory.of(vault, vm, job).committed();
    }

    /** Whether an earlier attempt of the job committed: nothing is read or stored then. */
    public boolean isCommittedAlready() {
        return opening.committed().isPresent();
    }

    /** Backs up one disk. */
    public void backup(DiskSource disk, ProgressListener listener) throws InterruptedException {
        requireOpen();
        if (isCommittedAlready()) {
            return;
        }
        requireNew(disk.key());
        try {
            DiskPlan plan = usable(DiskPlan.of(disk, intent.base(), this::base));
            if (done(plan).isEmpty() && begun(plan).isEmpty()) {
                plan = credible(disk, plan);
            }
            Optional<PointManifest.Disk> done = done(plan);
            if (done.isPresent()) {
                reused.add(done.get());
                return;
            }
            Optional<Journal.Progress> begun = begun(plan);
            DiskRun run = new DiskRun(disk, plan, shared, baseFrames, begun, listener);
            running = run;
            finished.add(run.run());
        } catch (Throwable e) {
            failure.fail(e);
            over = true;
            close();
            throw e;
        } finally {
            running = null;
        }
    }

    private Optional<PointManifest.Disk> done(DiskPlan plan) {
        return earlier.stream()
                .flatMap(journal -> journal.finished().stream())
                .filter(plan::isDoneBy)
                .findFirst();
    }

    private Optional<Journal.Progress> begun(DiskPlan plan) {
        return earlier.flatMap(Journal::current).filter(plan::isBegunBy);
    }

    /** The plan, without a base of which packs are missing or damaged: a point that inherits them could not be restored. */
    private DiskPlan usable(DiskPlan plan) {
        PointManifest.Disk base = plan.baseDisk();
        if (base == null) {
            return plan;
        }
        Optional<String> obstacle =
                base.packs().stream().anyMatch(pack -> opening.condemned().contains(pack.id()))
                        ? Optional.of("a collection has condemned packs of it")
                        : usablePacks.firstDamage(base.packs()).map(VaultException::getMessage);
        if (obstacle.isEmpty()) {
            return plan;
        }
        String why = "the base point cannot be used: " + obstacle.get();
        LOG.log(System.Logger.Level.WARNING, "disk {0} is stored without its base, {1}", plan.key(), why);
        return plan.withoutBase(why);
    }

    /** The plan, reading in full where what the source calls unchanged is not what the base holds. */
    private DiskPlan credible(DiskSource disk, DiskPlan plan) throws InterruptedException {
        PointManifest.Disk base = plan.baseDisk();
        if (base == null || !plan.inherits()) {
            return plan;
        }
        long seed = Objects.hash(intent.job(), plan.key());
        Optional<Long> differs;
        try {
            differs = new UnchangedCheck(disk, new MapReader(baseFrames, base), vault.keys(), seed).contradiction();
        } catch (VaultException e) {
            throw DiskRun.baseNotUsable(e);
        }
        if (differs.isEmpty()) {
            return plan;
        }
        String why = "what is said to be unchanged differs from the base point at offset " + differs.get()
                + ": the disk was changed from outside";
        LOG.log(System.Logger.Level.WARNING, "disk {0} is read in full, {1}", plan.key(), why);
        return plan.readInFull(why);
    }

    /** Commits the point. */
    public PointManifest commit(PointFacts facts) throws InterruptedException {
        requireOpen();
        over = true;
        if (opening.committed().isPresent()) {
            return opening.committed().get();
        }
        packs.finish();
        uploads.awaitAll();
        List<PointManifest.Disk> disks = disks();
        // A number that the vault lost is not given again: what is known outside under it was another point.
        long least = intent.known().map(ChainHead::sequence).orElse(0L) + 1;
        SessionRecord session = opening.session().orElseThrow();
        Slot.Linked stored = vault.appender().append(intent.vm(), session.head(), least, new Draft() {
            @Override
            public byte[] body(ChainLink link) {
                return ManifestCodec.encode(manifest(facts, disks, link));
            }

            @Override
            public Optional<Slot.Linked> met(Slot.Linked other, boolean counts) {
                if (other instanceof Slot.Fence fence
                        && fence.record().session().equals(session.id())) {
                    throw fenced(session);
                }
                return other instanceof Slot.Point p && p.manifest().job().equals(intent.job())
                        ? Optional.of(other)
                        : Optional.empty();
            }

            @Override
            public void beforePut() {
                requireAlive(session);
            }
        });
        return ((Slot.Point) stored).manifest();
    }

    /** A fence may have been removed from the chain; then the session was before. */
    private void requireAlive(SessionRecord session) {
        if (!vault.sessions().exists(session)) {
            throw fenced(session);
        }
    }

    private static VaultException fenced(SessionRecord session) {
        return new VaultException(
                VaultException.Kind.FENCED,
                null,
                "nothing was heard of session " + session.id() + " for long, and a collection declared it dead");
    }

    @Override
    public void close() {
        over = true;
        beats.ifPresent(Beats::close);
        uploads.close();
    }

    private PointManifest manifest(PointFacts facts, List<PointManifest.Disk> disks, ChainLink link) {
        boolean full = disks.stream().allMatch(disk -> disk.mode() == ReadMode.FULL);
        List<String> notes = new ArrayList<>(facts.notes());
        notes.addAll(opening.alarms());
        link.skipped().forEach(skip -> notes.add(passedOver(skip)));
        return new PointManifest(
                intent.point(),
                intent.vm(),
                intent.vmName(),
                intent.source(),
                facts.sourceId(),
                intent.job(),
                intent.moment(),
                link,
                full ? BackupKind.FULL : intent.kind(),
                full ? Optional.empty() : intent.base(),
                facts.consistency(),
                facts.vmState(),
                facts.takenAt(),
                vault.options().clock().instant(),
                disks,
                new PointManifest.Sizes(0, 0, 0, uploads.stored()),
                facts.definition(),
                notes);
    }

    private static String passedOver(ChainHead skip) {
        return skip.hash().equals(ChainEnd.UNREAD)
                ? "manifest " + skip.sequence() + " of this machine could not be read and was passed over"
                : "a foreign object was found in place of manifest " + skip.sequence() + " of this machine and skipped";
    }

    private List<PointManifest.Disk> disks() {
        List<PointManifest.Disk> disks = new ArrayList<>(reused);
        finished.forEach(disk -> disks.add(disk.record()));
        return disks;
    }

    /** Called by the builder's thread, or by the committing one. */
    private void packFinished(PackHandle pack, byte[] object, boolean betweenLeaves) {
        uploads.put(Keys.pack(pack.id()), object);
        packedBytes += object.length;
        DiskRun run = running;
        if (run != null && betweenLeaves && packedBytes >= journalAt) {
            writeJournal(run);
        }
    }

    private void writeJournal(DiskRun run) {
        Journal journal = new Journal(
                intent.vm(),
                intent.job(),
                intent.moment(),
                intent.point(),
                opening.storedBytes() + earlier.map(Journal::stored).orElse(0L) + packedBytes,
                disks(),
                Optional.of(run.progress()));
        JournalLog log = journals.orElseThrow();
        ObjectKey key = log.newKey();
        byte[] object = log.seal(key, journal);
        uploads.putAfterAll(key, () -> object);
        // Pack tables grow with the disk: keep all journals together below 1 % of what is stored.
        journalAt = packedBytes + Math.max(vault.options().journalBytes(), (long) JOURNAL_SHARE * object.length);
    }

    private PointManifest base(UUID point) {
        PointManifest known = bases.get(point);
        if (known == null) {
            try {
                known = vault.log().find(intent.vm(), point).orElseThrow(() -> noBase(point, null));
            } catch (VaultException e) {
                throw e.kind() == VaultException.Kind.CORRUPT ? noBase(point, e) : e;
            }
            bases.put(point, known);
        }
        return known;
    }

    private static VaultException noBase(UUID point, @Nullable Throwable cause) {
        return new VaultException(
                VaultException.Kind.BASE_NOT_USABLE, null, "base point " + point + " cannot be read", cause);
    }

    private void requireOpen() {
        if (over) {
            throw new IllegalStateException("the session is over");
        }
    }

    private void requireNew(String key) {
        boolean twice = finished.stream().anyMatch(disk -> disk.plan().key().equals(key))
                || reused.stream().anyMatch(disk -> disk.key().equals(key));
        if (twice || finished.size() + reused.size() >= VaultFormat.MAX_DISKS) {
            throw new IllegalArgumentException("disk " + key + " was backed up already, or there are too many");
        }
    }
}
