package io.holdfast.vault.chain;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.BasesFound;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.KeySlot;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.ManifestCodec;
import io.holdfast.vault.format.VaultFormat;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The manifests of a vault: reading them, and appending one to a VM's chain. Thread-safe. */
public final class PointLog {

    private static final System.Logger LOG = System.getLogger(PointLog.class.getName());
    private static final int MOST_TRIES = 10_000;
    private static final Pattern MACHINE = Pattern.compile(Keys.POINTS + "[0-9a-f]{32}/");
    /** How far back a base is looked for: a checkpoint is dropped long before so many points were made. */
    private static final int MOST_LOOKED_AT = 32;

    private final ObjectStore store;
    private final KeyRing keys;
    private final SecureRandom random;

    public PointLog(ObjectStore store, KeyRing keys, SecureRandom random) {
        this.store = store;
        this.keys = keys;
        this.random = random;
    }

    /** What a manifest's key holds. */
    public sealed interface Slot {
        /** A manifest that authenticates. */
        record Point(PointManifest manifest) implements Slot {}

        /** Something else, with the SHA-256 of its bytes. */
        record Foreign(String hash, String why) implements Slot {}

        /** An object that the store has and cannot read. */
        record Unreadable(String why) implements Slot {}

        /** Nothing. */
        record Absent() implements Slot {}
    }

    /** Where a manifest is linked in. */
    public record Link(long sequence, Optional<ChainHead> previous, List<ChainHead> skipped) {}

    /** The sequences of a VM's manifest keys above {@code after}, ascending; whatever the objects are. */
    public List<Long> sequences(String vm, long after) {
        String vmName = keys.name("vm", vm);
        String from = Keys.point(vmName, after).value();
        try (Stream<ObjectInfo> listed = store.list(Keys.points(vmName), from)) {
            return listed.map(info -> Keys.sequence(info.key()))
                    .filter(OptionalLong::isPresent)
                    .map(OptionalLong::getAsLong)
                    .toList();
        }
    }

    /** What is at this sequence of a VM. */
    public Slot read(String vm, long sequence) {
        return read(vm, sequence, Access.READ);
    }

    private Slot read(String vm, long sequence, Access access) {
        return readKey(Keys.point(keys.name("vm", vm), sequence), sequence, access);
    }

    /** Where a VM's chain ends, for a writer who links to it. */
    public ChainEnd end(String vm) {
        List<ChainHead> above = new ArrayList<>();
        for (long sequence : sequences(vm, 0).reversed()) {
            switch (read(vm, sequence, Access.WRITE)) {
                case Slot.Point p -> {
                    return ChainEnd.of(Optional.of(p.manifest().head()), above.reversed());
                }
                case Slot.Foreign foreign -> above.add(new ChainHead(sequence, foreign.hash()));
                case Slot.Unreadable unreadable -> above.add(new ChainHead(sequence, ChainEnd.UNREAD));
                case Slot.Absent absent -> {}
            }
        }
        return ChainEnd.of(Optional.empty(), above.reversed());
    }

    /** Which of these points are there, newest first: at most {@code most} of them, within the newest manifests only. */
    public BasesFound among(String vm, Set<UUID> points, int most) {
        List<UUID> found = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        int enough = Math.min(most, points.size());
        for (long sequence :
                sequences(vm, 0).reversed().stream().limit(MOST_LOOKED_AT).toList()) {
            if (found.size() >= enough) {
                break;
            }
            switch (read(vm, sequence)) {
                case Slot.Point p
                when points.contains(p.manifest().id()) ->
                    found.add(p.manifest().id());
                case Slot.Foreign f -> damaged.add(sequence);
                case Slot.Unreadable u -> damaged.add(sequence);
                case Slot.Point p -> {}
                case Slot.Absent absent -> {}
            }
        }
        return new BasesFound(found, damaged);
    }

    /** The manifest of a point, newest first; fails with CORRUPT when it is not found but some cannot be read. */
    public Optional<PointManifest> find(String vm, UUID point) {
        return find(vm, point, OptionalLong.empty());
    }

    /** As {@link #find(String, UUID)}, but looks at {@code likely} first. */
    public Optional<PointManifest> find(String vm, UUID point, OptionalLong likely) {
        if (likely.isPresent()
                && read(vm, likely.getAsLong()) instanceof Slot.Point p
                && p.manifest().id().equals(point)) {
            return Optional.of(p.manifest());
        }
        Optional<VaultException> damage = Optional.empty();
        for (long sequence : sequences(vm, 0).reversed()) {
            switch (read(vm, sequence)) {
                case Slot.Point p
                when p.manifest().id().equals(point) -> {
                    return Optional.of(p.manifest());
                }
                case Slot.Foreign foreign -> damage = Optional.of(notFound(vm, sequence, point, foreign.why()));
                case Slot.Unreadable there -> damage = Optional.of(notFound(vm, sequence, point, there.why()));
                case Slot.Point p -> {}
                case Slot.Absent absent -> {}
            }
        }
        if (damage.isPresent()) {
            throw damage.get();
        }
        return Optional.empty();
    }

    private VaultException notFound(String vm, long sequence, UUID point, String why) {
        String key = Keys.point(keys.name("vm", vm), sequence).value();
        return new VaultException(
                VaultException.Kind.CORRUPT,
                key,
                "point " + point + " was not found; manifest " + key + " cannot be used: " + why);
    }

    /**
     * The manifest that an earlier attempt of this job committed after {@code head}.
     *
     * @throws VaultException OUTCOME_UNKNOWN: it was not found, but an object where it may be cannot be read
     */
    public Optional<PointManifest> ofJob(String vm, String job, long head) {
        long unread = 0;
        long reached = head;
        for (long sequence : sequences(vm, head)) {
            switch (read(vm, sequence)) {
                case Slot.Point p
                when p.manifest().job().equals(job) -> {
                    return Optional.of(p.manifest());
                }
                case Slot.Point p -> reached = sequence;
                case Slot.Unreadable there -> unread = sequence - reached <= ChainEnd.FARTHEST ? sequence : unread;
                case Slot.Foreign foreign -> {}
                case Slot.Absent absent -> {}
            }
        }
        if (unread != 0) {
            throw perhapsOurs(Keys.point(keys.name("vm", vm), unread));
        }
        return Optional.empty();
    }

    private static VaultException perhapsOurs(ObjectKey key) {
        return new VaultException(
                VaultException.Kind.OUTCOME_UNKNOWN,
                key.value(),
                "manifest " + key + " cannot be read: nobody knows whether an attempt of this job stored it");
    }

    /** All VMs that have a manifest that authenticates. */
    public List<String> vms() {
        List<String> vms = new ArrayList<>();
        eachMachine((prefix, point) -> point.map(PointManifest::vm).ifPresent(vms::add));
        return vms;
    }

    /** The prefixes below which there are manifests' keys, and no manifest that authenticates. */
    public List<String> unreadableMachines() {
        List<String> prefixes = new ArrayList<>();
        eachMachine((prefix, point) -> {
            if (point.isEmpty() && MACHINE.matcher(prefix).matches()) {
                prefixes.add(prefix);
            }
        });
        return prefixes;
    }

    /** Tells each prefix, and the first manifest below it that authenticates. */
    private void eachMachine(BiConsumer<String, Optional<PointManifest>> each) {
        String after = "";
        while (true) {
            Optional<ObjectKey> next = firstAfter(after);
            if (next.isEmpty()) {
                return;
            }
            String value = next.get().value();
            int end = value.indexOf('/', Keys.POINTS.length());
            String prefix = end < 0 ? value : value.substring(0, end + 1);
            each.accept(prefix, firstIn(prefix));
            // The character after '/' ends all keys of this prefix.
            after = end < 0 ? value : value.substring(0, end) + '0';
        }
    }

    private Optional<ObjectKey> firstAfter(String after) {
        try (Stream<ObjectInfo> listed = after.isEmpty() ? store.list(Keys.POINTS) : store.list(Keys.POINTS, after)) {
            return listed.map(ObjectInfo::key).findFirst();
        }
    }

    private Optional<PointManifest> firstIn(String prefix) {
        try (Stream<ObjectInfo> listed = store.list(prefix)) {
            return listed.filter(info -> Keys.sequence(info.key()).isPresent())
                    .map(info -> readKey(info.key(), Keys.sequence(info.key()).getAsLong(), Access.READ))
                    .filter(Slot.Point.class::isInstance)
                    .map(slot -> ((Slot.Point) slot).manifest())
                    .findFirst();
        }
    }

    /**
     * Commits: appends a manifest to the chain behind its {@code end}, or behind what others appended meanwhile.
     *
     * @param least the first sequence that may be taken
     * @return the manifest as stored, or the one that another attempt of the same job had stored
     * @throws VaultException UNSUPPORTED: the format cannot hold this manifest; nothing was stored
     */
    public PointManifest append(String vm, String job, ChainEnd end, long least, Function<Link, PointManifest> draft) {
        Optional<ChainHead> previous = end.head();
        List<ChainHead> skipped = new ArrayList<>(end.passed());
        long sequence = Math.max(least, end.last() + 1);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            ObjectKey key = Keys.point(keys.name("vm", vm), sequence);
            byte[] body = ManifestCodec.encode(draft.apply(new Link(sequence, previous, skipped)));
            byte[] object = Sealed.POINT.seal(keys, random, key, body);
            PointManifest stored = readable(key, object);
            if (putManifest(key, object)) {
                return stored;
            }
            switch (readKey(key, sequence, Access.WRITE)) {
                case Slot.Point p
                when p.manifest().job().equals(job) -> {
                    return p.manifest();
                }
                case Slot.Point p -> {
                    previous = Optional.of(p.manifest().head());
                    skipped.clear();
                    sequence++;
                }
                case Slot.Foreign foreign -> {
                    LOG.log(System.Logger.Level.WARNING, "foreign object at {0} is skipped: {1}", key, foreign.why());
                    skipped.add(new ChainHead(sequence, foreign.hash()));
                    sequence++;
                }
                case Slot.Unreadable there -> throw perhapsOurs(key);
                case Slot.Absent absent -> {}
            }
        }
        throw new VaultException(
                VaultException.Kind.CONFLICT, Keys.points(keys.name("vm", vm)), "too many objects in the way");
    }

    /** The manifest as every reader will see it: what could not be read again is never committed. */
    private PointManifest readable(ObjectKey key, byte[] object) {
        try {
            if (object.length > VaultFormat.MAX_SEALED) {
                throw new FormatException("it has " + object.length + " bytes");
            }
            return ManifestCodec.decode(
                    Sealed.POINT.open(keys, key, object, Access.WRITE), sha256(object), object.length);
        } catch (FormatException e) {
            throw new VaultException(
                    VaultException.Kind.UNSUPPORTED,
                    key.value(),
                    "the format cannot hold this point's manifest: " + e.getMessage(),
                    e);
        }
    }

    private boolean putManifest(ObjectKey key, byte[] object) {
        try {
            return WriteOnce.put(store, key, object);
        } catch (StorageException e) {
            if (!e.kind().retryable()) {
                throw e;
            }
            throw new VaultException(
                    VaultException.Kind.OUTCOME_UNKNOWN,
                    key.value(),
                    "the store did not say whether manifest " + key + " was stored",
                    e);
        }
    }

    private Slot readKey(ObjectKey key, long sequence, Access access) {
        Optional<byte[]> object;
        try {
            object = WriteOnce.read(store, key, VaultFormat.MAX_SEALED);
        } catch (StorageException e) {
            if (!ReadFailure.isOfObject(store, e)) {
                throw e;
            }
            return new Slot.Unreadable("it cannot be read: " + e.getMessage());
        }
        if (object.isEmpty()) {
            return new Slot.Absent();
        }
        String hash = sha256(object.get());
        try {
            byte[] body = Sealed.POINT.open(keys, key, object.get(), access);
            PointManifest manifest = ManifestCodec.decode(body, hash, object.get().length);
            if (manifest.sequence() != sequence) {
                return new Slot.Foreign(hash, "has another sequence");
            }
            return new Slot.Point(manifest);
        } catch (FormatException e) {
            return new Slot.Foreign(hash, String.valueOf(e.getMessage()));
        }
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(KeySlot.sha256(bytes));
    }
}
