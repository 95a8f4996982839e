package io.holdfast.vault.chain;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.BasesFound;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.ChainReport;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.KeySlot;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.RecordCodec;
import io.holdfast.vault.format.VaultFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the chains of a vault: manifests, and the other records that stand among them. Thread-safe. */
public final class PointLog {

    private static final Pattern MACHINE = Pattern.compile(Keys.POINTS + "[0-9a-f]{32}/");
    /** How far back a base is looked for: a checkpoint is dropped long before so many points were made. */
    private static final int MOST_LOOKED_AT = 32;

    private static final int MOST_LOOKS = 10;

    private final ObjectStore store;
    private final KeyRing keys;

    public PointLog(ObjectStore store, KeyRing keys) {
        this.store = store;
        this.keys = keys;
    }

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

    Slot read(String vm, long sequence, Access access) {
        return readKey(Keys.point(keys.name("vm", vm), sequence), sequence, access);
    }

    /** Where a VM's chain ends, for a writer who links to it. */
    public ChainEnd end(String vm) {
        List<ChainHead> above = new ArrayList<>();
        for (long sequence : sequences(vm, 0).reversed()) {
            switch (read(vm, sequence, Access.WRITE)) {
                case Slot.Linked newest -> {
                    return ChainEnd.of(Optional.of(newest), above.reversed());
                }
                case Slot.Foreign foreign -> above.add(new ChainHead(sequence, foreign.hash()));
                case Slot.Unreadable unreadable -> above.add(new ChainHead(sequence, ChainEnd.UNREAD));
                case Slot.Absent absent -> {}
            }
        }
        return ChainEnd.of(Optional.empty(), above.reversed());
    }

    /** The newest removal record of a VM that can be read. */
    public Optional<RemovalRecord> removal(String vm) {
        return chain(vm).removal();
    }

    /** The numbers of objects that do not count any more, ascending. */
    public List<Long> fallen(String vm) {
        return chain(vm).fallen();
    }

    /** Lists a chain and finds out what is removed from it. */
    Chain chain(String vm) {
        List<Long> sequences = sequences(vm, 0);
        Map<Long, Slot> seen = new HashMap<>();
        for (long sequence : sequences.reversed()) {
            Slot slot = read(vm, sequence);
            seen.put(sequence, slot);
            if (slot instanceof Slot.Linked newest) {
                return new Chain(sequences, removal(vm, ChainEnd.removals(newest), sequences, seen), seen);
            }
        }
        return new Chain(sequences, Optional.empty(), seen);
    }

    /** The removal record that the newest record names; when it cannot be read, the one before it, which is kept for that. */
    private Optional<RemovalRecord> removal(String vm, long named, List<Long> sequences, Map<Long, Slot> seen) {
        if (named == 0) {
            return Optional.empty();
        }
        for (long sequence : sequences.reversed()) {
            if (sequence <= named
                    && seen.computeIfAbsent(sequence, at -> read(vm, at)) instanceof Slot.Removal removal) {
                return Optional.of(removal.record());
            }
        }
        return Optional.empty();
    }

    /** Which of these points are there, newest first: at most {@code most} of them, within the newest manifests only. */
    public BasesFound among(String vm, Set<UUID> points, int most) {
        List<UUID> found = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        int enough = Math.min(most, points.size());
        Chain chain = chain(vm);
        for (long sequence :
                chain.standing().reversed().stream().limit(MOST_LOOKED_AT).toList()) {
            if (found.size() >= enough) {
                break;
            }
            switch (read(vm, sequence, chain)) {
                case Slot.Point p
                when points.contains(p.manifest().id()) ->
                    found.add(p.manifest().id());
                case Slot.Foreign f -> damaged.add(sequence);
                case Slot.Unreadable u -> damaged.add(sequence);
                case Slot.Linked other -> {}
                case Slot.Absent absent -> {}
            }
        }
        return new BasesFound(found, damaged);
    }

    /** The manifest of a point, newest first; fails with CORRUPT when it is not found but some cannot be read. */
    public Optional<PointManifest> find(String vm, UUID point) {
        return find(vm, point, OptionalLong.empty());
    }

    /**
     * As {@link #find(String, UUID)}, but looks at {@code likely} first. What is there counts even if it is removed by now: whoever
     * asks so has learned of it before.
     */
    public Optional<PointManifest> find(String vm, UUID point, OptionalLong likely) {
        if (likely.isPresent()
                && read(vm, likely.getAsLong()) instanceof Slot.Point p
                && p.manifest().id().equals(point)) {
            return Optional.of(p.manifest());
        }
        Optional<VaultException> damage = Optional.empty();
        Chain chain = chain(vm);
        for (long sequence : chain.standing().reversed()) {
            switch (read(vm, sequence, chain)) {
                case Slot.Point p
                when p.manifest().id().equals(point) -> {
                    return Optional.of(p.manifest());
                }
                case Slot.Foreign foreign -> damage = Optional.of(notFound(vm, sequence, point, foreign.why()));
                case Slot.Unreadable there -> damage = Optional.of(notFound(vm, sequence, point, there.why()));
                case Slot.Linked other -> {}
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

    /** Hands on what counts of a chain, oldest first, one at a time. */
    public void each(String vm, BiConsumer<Long, Slot> each) {
        Chain chain = chain(vm);
        chain.standing().forEach(sequence -> each.accept(sequence, read(vm, sequence, chain)));
    }

    /**
     * Looks whether a chain is whole. One that others append to or remove from while it is read is read again: what is wrong then may
     * only have moved.
     */
    public ChainReport check(String vm, Optional<ChainHead> known) {
        String vmName = keys.name("vm", vm);
        List<Long> listed = sequences(vm, 0);
        for (int looks = 1; ; looks++) {
            ChainCheck check =
                    new ChainCheck(vm, sequence -> Keys.point(vmName, sequence).value());
            for (long sequence : listed) {
                check.saw(sequence, read(vm, sequence));
            }
            ChainReport report = check.report(known);
            List<Long> now = report.findings().isEmpty() ? listed : sequences(vm, 0);
            if (now.equals(listed) || looks == MOST_LOOKS) {
                return report;
            }
            listed = now;
        }
    }

    /** Whether this record is there, or was removed as it should be. */
    public boolean holds(String vm, ChainHead known) {
        if (read(vm, known.sequence()) instanceof Slot.Linked there
                && there.link().head().equals(known)) {
            return true;
        }
        return removal(vm).filter(record -> record.accountsFor(known)).isPresent();
    }

    /** The newest restore point that can be read. */
    public Optional<PointManifest> newest(String vm) {
        Chain chain = chain(vm);
        for (long sequence : chain.standing().reversed()) {
            if (read(vm, sequence, chain) instanceof Slot.Point point) {
                return Optional.of(point.manifest());
            }
        }
        return Optional.empty();
    }

    private Slot read(String vm, long sequence, Chain chain) {
        Slot seen = chain.seen().get(sequence);
        return seen != null ? seen : read(vm, sequence);
    }

    /**
     * Hands on all records of a chain after {@code head} that are there, ascending, also those that are removed by now.
     *
     * @param each told each record, and whether it counts
     * @return OUTCOME_UNKNOWN when an object that may be a record cannot be read
     */
    public Optional<VaultException> after(String vm, long head, BiConsumer<Slot.Linked, Boolean> each) {
        long unread = 0;
        long reached = head;
        Chain chain = chain(vm);
        Set<Long> standing = new HashSet<>(chain.standing());
        for (long sequence : chain.sequences()) {
            if (sequence <= head) {
                continue;
            }
            switch (read(vm, sequence, chain)) {
                case Slot.Linked record -> {
                    each.accept(record, standing.contains(sequence));
                    reached = sequence;
                }
                case Slot.Unreadable there -> unread = sequence - reached <= ChainEnd.FARTHEST ? sequence : unread;
                case Slot.Foreign foreign -> {}
                case Slot.Absent absent -> {}
            }
        }
        return unread == 0 ? Optional.empty() : Optional.of(perhapsOurs(Keys.point(keys.name("vm", vm), unread)));
    }

    static VaultException perhapsOurs(ObjectKey key) {
        return new VaultException(
                VaultException.Kind.OUTCOME_UNKNOWN,
                key.value(),
                "manifest " + key + " cannot be read: nobody knows whether an attempt of this job stored it");
    }

    /**
     * The machines that have chains.
     *
     * @param vms those of which a record authenticates, be it that none of their points is left
     * @param unreadable prefixes below which there are records' keys, and no record that authenticates
     */
    public record Machines(List<String> vms, List<String> unreadable) {}

    /** All machines of the vault. */
    public Machines machines() {
        List<String> vms = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        eachMachine((prefix, record) -> {
            if (record.isPresent()) {
                vms.add(record.get().vm());
            } else if (MACHINE.matcher(prefix).matches() && !keys(prefix).isEmpty()) {
                unreadable.add(prefix);
            }
        });
        return new Machines(vms, unreadable);
    }

    /** Tells each prefix, and the first record below it that authenticates. */
    private void eachMachine(BiConsumer<String, Optional<Slot.Linked>> each) {
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

    /** The first record below a prefix that authenticates. Looks again when what it found was removed meanwhile. */
    private Optional<Slot.Linked> firstIn(String prefix) {
        for (int looks = 1; ; looks++) {
            boolean moved = false;
            for (ObjectKey key : keys(prefix)) {
                Slot slot = readKey(key, Keys.sequence(key).getAsLong(), Access.READ);
                if (slot instanceof Slot.Linked record) {
                    return Optional.of(record);
                }
                moved |= slot instanceof Slot.Absent;
            }
            if (!moved || looks == MOST_LOOKS) {
                return Optional.empty();
            }
        }
    }

    private List<ObjectKey> keys(String prefix) {
        try (Stream<ObjectInfo> listed = store.list(prefix)) {
            return listed.map(ObjectInfo::key)
                    .filter(key -> Keys.sequence(key).isPresent())
                    .toList();
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
            Slot.Linked record = RecordCodec.decode(body, hash, object.get().length);
            return record.link().sequence() == sequence ? record : new Slot.Foreign(hash, "has another sequence");
        } catch (FormatException e) {
            return new Slot.Foreign(hash, String.valueOf(e.getMessage()));
        }
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(KeySlot.sha256(bytes));
    }
}
