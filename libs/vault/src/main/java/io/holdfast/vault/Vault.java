package io.holdfast.vault;

import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.collect.Collection;
import io.holdfast.vault.collect.Forget;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import io.holdfast.vault.map.MapReader;
import io.holdfast.vault.pack.FrameStore;
import io.holdfast.vault.read.MapDiff;
import io.holdfast.vault.read.Preflight;
import io.holdfast.vault.read.Verification;
import io.holdfast.vault.write.SessionWriter;
import io.holdfast.vault.write.VaultParts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * An open vault. Thread-safe; any number of sessions and readers may be used at once. The caller closes the store.
 *
 * <p>Besides what is documented at each method, all of them throw {@link io.holdfast.storage.StorageException} when the
 * store fails.
 */
public final class Vault implements AutoCloseable {

    private final UUID id;
    private final VaultFormat.Features features;
    private final VaultParts parts;

    private Vault(VaultDoor.Opened opened, ObjectStore store, EngineOptions options) {
        id = opened.id();
        features = opened.features();
        parts = VaultParts.of(store, opened.keys(), options);
    }

    /** Creates a vault; EXISTS when the place holds a vault, or anything else. */
    public static Vault create(ObjectStore store, VaultSecret secret, VaultOptions options) {
        return create(store, secret, options, EngineOptions.defaults());
    }

    /** As {@link #create(ObjectStore, VaultSecret, VaultOptions)} with other engine options. */
    public static Vault create(ObjectStore store, VaultSecret secret, VaultOptions options, EngineOptions engine) {
        return new Vault(VaultDoor.create(store, secret, options, engine.clock()), store, engine);
    }

    /** Opens a vault; NOT_A_VAULT, WRONG_PASSPHRASE, UNSUPPORTED, or CORRUPT when header or key slots are damaged. */
    public static Vault open(ObjectStore store, VaultSecret secret) {
        return open(store, secret, EngineOptions.defaults());
    }

    /** As {@link #open(ObjectStore, VaultSecret)} with other engine options. */
    public static Vault open(ObjectStore store, VaultSecret secret, EngineOptions engine) {
        return new Vault(VaultDoor.open(store, secret), store, engine);
    }

    /** Whether there is a vault's header at this place, whoever's keys it has. */
    public static boolean exists(ObjectStore store) {
        return VaultDoor.exists(store);
    }

    /** The vault's own id, the same wherever it is opened. */
    public String id() {
        return id.toString();
    }

    /** The ids of all VMs that have or had a point. */
    public List<String> vms() {
        return parts.log().machines().vms();
    }

    /** The points of a VM, oldest first. What does not authenticate is left out; {@link #checkChain} names it. */
    public List<PointManifest> points(String vm) {
        List<PointManifest> points = new ArrayList<>();
        eachPoint(vm, points::add, sequence -> {});
        return points;
    }

    /**
     * Hands on the points of a VM, oldest first, one at a time: a manifest names every pack, and a VM may have thousands.
     *
     * @param unreadable told the number of what stands in the chain and does not authenticate or cannot be read
     */
    public void eachPoint(String vm, Consumer<PointManifest> each, LongConsumer unreadable) {
        parts.log().each(vm, (sequence, slot) -> {
            switch (slot) {
                case Slot.Point point -> each.accept(point.manifest());
                case Slot.Foreign _, Slot.Unreadable _ -> unreadable.accept(sequence);
                case Slot.Linked _, Slot.Absent _ -> {}
            }
        });
    }

    /** The newest point of a VM that can be read. */
    public Optional<PointManifest> newest(String vm) {
        return parts.log().newest(vm);
    }

    /** Below which keys there are points of a VM of which none can be read: nobody knows whose they are. */
    public List<String> unreadableMachines() {
        return parts.log().machines().unreadable();
    }

    /** One point; CORRUPT when it is not found but some manifest of the VM cannot be read. */
    public Optional<PointManifest> point(UUID pointId, String vm) {
        return point(pointId, vm, OptionalLong.empty());
    }

    /**
     * As {@link #point(UUID, String)}, with one request for a point whose number is known.
     *
     * @param sequence where it is looked for first; if it is another point's, the point is searched for
     */
    public Optional<PointManifest> point(UUID pointId, String vm, OptionalLong sequence) {
        return parts.log().find(vm, pointId, sequence);
    }

    /**
     * Looks whether the chain of manifests is whole.
     *
     * @param known the newest manifest that the caller remembers; without it nobody can know of a roll-back
     */
    public ChainReport checkChain(String vm, Optional<ChainHead> known) {
        return parts.log().check(vm, known);
    }

    /** Whether a record that is remembered outside the vault is there, or was removed as it should be. */
    public boolean holds(String vm, ChainHead known) {
        return parts.log().holds(vm, known);
    }

    /**
     * Which of these points are there to be read against, newest first; at most {@code most} of them, and none that is older
     * than some dozens of newer ones: what it costs does not grow with history. It also tells what stands in their place.
     */
    public BasesFound bases(String vm, Set<UUID> points, int most) {
        return parts.log().among(vm, points, most);
    }

    /** The point that an attempt of this job has committed. Reads what was committed since the job began, and writes nothing. */
    public Optional<PointManifest> committed(String vm, String job) {
        return SessionWriter.committed(parts, vm, job);
    }

    /**
     * Begins an attempt to store a point; BASE_NOT_USABLE when the manifest of the intended base cannot be read, UNSUPPORTED
     * when the vault has features that a writer has to know.
     */
    public BackupSession begin(BackupIntent intent) {
        features.require(Keys.HEADER.value(), Access.WRITE);
        return new BackupSession(new SessionWriter(parts, intent));
    }

    /** A reader of a point, with a cache of its own. */
    public PointReader open(PointManifest point) {
        return readers().open(point);
    }

    /** Readers of points that share one cache. */
    public PointReaders readers() {
        return new PointReaders(reading(), parts.keys());
    }

    /**
     * Looks whether every pack that the point needs is there, and its directory and all map nodes in it authenticate. Blocks
     * are not looked at: each is checked when it is read. May be interrupted: CANCELLED.
     */
    public PreflightReport preflight(PointManifest point) {
        return new Preflight(reading(), point).run();
    }

    /**
     * Reads what a point needs and recomputes every block's identity. May be interrupted: CANCELLED.
     *
     * @param beside the report of another point, verified before: what this one shares with it is not read again
     * @param percent how much is looked at, 1 to 100, in pieces of 2 MiB chosen at random
     * @param progress told bytes of data that were verified, by many threads
     */
    public VerifyReport verify(PointManifest point, Optional<VerifyReport> beside, int percent, LongConsumer progress) {
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("not a percentage: " + percent);
        }
        BooleanSupplier chosen = () -> percent == 100 || parts.random().nextInt(100) < percent;
        return new Verification(reading(), parts.keys(), point, beside, chosen, progress).run();
    }

    /**
     * Where a disk of a point may differ from the same disk of another point: all but what both share in the vault. Empty when the sizes
     * are not equal, or the other point does not have the disk: then everything may.
     */
    public Optional<Iterator<Range>> differences(PointManifest point, PointManifest since, String disk) {
        PointManifest.Disk one = point.disk(disk).orElseThrow(() -> new IllegalArgumentException("no disk " + disk));
        return since.disk(disk)
                .filter(other -> other.size() == one.size() && one.size() > 0)
                .map(other -> {
                    FrameStore frames = reading();
                    return new MapDiff(new MapReader(frames, one), new MapReader(frames, other), one.size());
                });
    }

    /**
     * Removes points of a VM: they do not count any more, and can never be restored again. What only they needed is deleted by
     * {@link #collect}. May be repeated; UNSUPPORTED as {@link #begin}.
     */
    public ForgetReport forget(String vm, Set<UUID> points) {
        features.require(Keys.HEADER.value(), Access.WRITE);
        return new Forget(parts, vm).run(points);
    }

    /**
     * Deletes what no point needs, beside backups, restores and other collections. May be interrupted: CANCELLED; and repeated.
     * UNSUPPORTED as {@link #begin}.
     */
    public CollectReport collect(CollectOptions options) {
        features.require(Keys.HEADER.value(), Access.WRITE);
        return new Collection(parts, options).run();
    }

    /** For tests that look at maps. */
    VaultParts parts() {
        return parts;
    }

    /** Stops the engine's threads and wipes the keys. Sessions and readers must be done. */
    @Override
    public void close() {
        parts.cpu().close();
        parts.keys().close();
    }

    private FrameStore reading() {
        return new FrameStore(
                parts.store(), parts.keys(), Access.READ, parts.options().cacheBytes());
    }
}
