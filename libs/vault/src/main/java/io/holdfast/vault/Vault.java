package io.holdfast.vault;

import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.chain.ChainCheck;
import io.holdfast.vault.chain.PointLog;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.pack.FrameStore;
import io.holdfast.vault.write.CpuPool;
import io.holdfast.vault.write.SessionWriter;
import io.holdfast.vault.write.VaultParts;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * An open vault. Thread-safe; any number of sessions and readers may be used at once. The caller closes the store.
 *
 * <p>Besides what is documented at each method, all of them throw {@link io.holdfast.storage.StorageException} when the
 * store fails.
 */
public final class Vault implements AutoCloseable {

    private static final int MOST_DAMAGES = 1000;

    private final UUID id;
    private final VaultParts parts;

    private Vault(VaultDoor.Opened opened, ObjectStore store, EngineOptions options) {
        SecureRandom random = new SecureRandom();
        id = opened.id();
        parts = new VaultParts(
                store,
                opened.keys(),
                random,
                new PointLog(store, opened.keys(), random),
                new CpuPool(options.cpuThreads()),
                options);
    }

    /** Creates a vault; EXISTS when the place holds a vault, or anything else. */
    public static Vault create(ObjectStore store, Passphrase passphrase, VaultOptions options) {
        return create(store, passphrase, options, EngineOptions.defaults());
    }

    /** As {@link #create(ObjectStore, Passphrase, VaultOptions)} with other engine options. */
    public static Vault create(ObjectStore store, Passphrase passphrase, VaultOptions options, EngineOptions engine) {
        return new Vault(VaultDoor.create(store, passphrase, options, engine.clock()), store, engine);
    }

    /** Opens a vault; NOT_A_VAULT, WRONG_PASSPHRASE, UNSUPPORTED, or CORRUPT when header or key slots are damaged. */
    public static Vault open(ObjectStore store, Passphrase passphrase) {
        return open(store, passphrase, EngineOptions.defaults());
    }

    /** As {@link #open(ObjectStore, Passphrase)} with other engine options. */
    public static Vault open(ObjectStore store, Passphrase passphrase, EngineOptions engine) {
        return new Vault(VaultDoor.open(store, passphrase), store, engine);
    }

    /** Whether there is a vault's header at this place, whoever's keys it has. */
    public static boolean exists(ObjectStore store) {
        return VaultDoor.exists(store);
    }

    /** The vault's own id, the same wherever it is opened. */
    public String id() {
        return id.toString();
    }

    /** The ids of all VMs that have a point. */
    public List<String> vms() {
        return parts.log().vms();
    }

    /** The points of a VM, oldest first. What does not authenticate is left out; {@link #checkChain} names it. */
    public List<PointManifest> points(String vm) {
        List<PointManifest> points = new ArrayList<>();
        for (long sequence : parts.log().sequences(vm, 0)) {
            if (parts.log().read(vm, sequence) instanceof PointLog.Slot.Point point) {
                points.add(point.manifest());
            }
        }
        return points;
    }

    /** One point; CORRUPT when it is not found but some manifest of the VM cannot be read. */
    public Optional<PointManifest> point(UUID pointId, String vm) {
        return parts.log().find(vm, pointId);
    }

    /**
     * Looks whether the chain of manifests is whole.
     *
     * @param known the newest manifest that the caller remembers; without it nobody can know of a roll-back
     */
    public ChainReport checkChain(String vm, Optional<ChainHead> known) {
        String vmName = parts.keys().name("vm", vm);
        ChainCheck check =
                new ChainCheck(vm, sequence -> Keys.point(vmName, sequence).value());
        for (long sequence : parts.log().sequences(vm, 0)) {
            check.saw(sequence, parts.log().read(vm, sequence));
        }
        return check.report(known);
    }

    /** Begins an attempt to store a point; BASE_NOT_USABLE when the intended base cannot be read. */
    public BackupSession begin(BackupIntent intent) {
        return new BackupSession(new SessionWriter(parts, intent));
    }

    /** A reader of a point, with a cache of its own. */
    public PointReader open(PointManifest point) {
        return readers().open(point);
    }

    /** Readers of points that share one cache. */
    public PointReaders readers() {
        FrameStore frames =
                new FrameStore(parts.store(), parts.keys(), parts.options().cacheBytes());
        return new PointReaders(frames, parts.keys());
    }

    /** Looks whether every pack that the point needs is there and its directory authenticates. */
    public PreflightReport preflight(PointManifest point) {
        FrameStore frames = new FrameStore(parts.store(), parts.keys(), 1 << 20);
        Set<String> seen = new HashSet<>();
        List<PreflightReport.Damage> damages = new ArrayList<>();
        for (PointManifest.Disk disk : point.disks()) {
            for (PointManifest.PackUse pack : disk.packs()) {
                if (seen.add(pack.id()) && damages.size() < MOST_DAMAGES) {
                    check(frames, disk, pack).ifPresent(damages::add);
                }
            }
        }
        return new PreflightReport(seen.size(), damages);
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

    private static Optional<PreflightReport.Damage> check(
            FrameStore frames, PointManifest.Disk disk, PointManifest.PackUse pack) {
        try {
            frames.check(pack);
            return Optional.empty();
        } catch (VaultException e) {
            String object = Keys.pack(pack.id()).value();
            return Optional.of(
                    new PreflightReport.Damage(e.kind(), object, disk.key(), String.valueOf(e.getMessage())));
        }
    }
}
