package io.holdfast.vault.pack;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.ReadFailure;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.format.Access;
import io.holdfast.vault.format.FormatException;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.VaultFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Opens directories and frames of packs, keeps those used last. Thread-safe. */
public final class FrameStore {

    private static final System.Logger LOG = System.getLogger(FrameStore.class.getName());

    /** What is read in vain between two frames rather than asked for in two requests. */
    private static final int MOST_GAP = 128 << 10;

    private static final int MOST_TOGETHER = 2 << 20;

    private final ObjectStore store;
    private final KeyRing keys;
    private final Access access;
    private final ByteCache<String, PackDirectory> directories;
    private final ByteCache<FrameId, byte[]> frames;

    private record FrameId(String pack, int number) {}

    /** A quarter of {@code cacheBytes} is for directories. */
    public FrameStore(ObjectStore store, KeyRing keys, Access access, long cacheBytes) {
        this.store = store;
        this.keys = keys;
        this.access = access;
        directories = new ByteCache<>(cacheBytes / 4, PackDirectory::weight);
        frames = new ByteCache<>(cacheBytes - cacheBytes / 4, bytes -> bytes.length + 128);
    }

    /** Fails unless the pack is there, has the size the manifest says and its directory authenticates. */
    public void check(PackUse pack) {
        directories.put(pack.id(), openDirectory(pack));
    }

    /** Whether every frame of map nodes in the pack authenticates; fails as {@link #check} does. */
    public boolean nodesAuthenticate(PackUse pack) {
        PackDirectory directory = directory(pack);
        try {
            for (int number = 0; number < directory.frames(); number++) {
                if (directory.entry(number).kind() == FrameEntry.NODES) {
                    load(pack, directory, number, FrameEntry.NODES);
                }
            }
            return true;
        } catch (VaultException e) {
            return false;
        }
    }

    /** The raw bytes of a frame of this kind; not to be changed. */
    public byte[] frame(PackUse pack, int number, int kind) {
        FrameId id = new FrameId(pack.id(), number);
        byte[] kept = frames.get(id);
        if (kept == null) {
            kept = load(pack, directory(pack), number, kind);
            frames.put(id, kept);
        }
        return kept;
    }

    /**
     * Several frames of one pack, with one request for those that lie near each other; they are kept like others. One that cannot be
     * opened is left out: {@link #frame} tells why.
     */
    public Map<Integer, byte[]> frames(PackUse pack, Set<Integer> numbers, int kind) {
        Map<Integer, byte[]> opened = new HashMap<>();
        List<Place> wanted = new ArrayList<>();
        PackDirectory directory = directory(pack);
        for (int number : numbers) {
            byte[] kept = frames.get(new FrameId(pack.id(), number));
            if (kept != null) {
                opened.put(number, kept);
            } else if (number < directory.frames() && directory.entry(number).kind() == kind) {
                wanted.add(new Place(number, directory.entry(number)));
            }
        }
        wanted.sort(Comparator.comparingInt(place -> place.entry.offset()));
        for (int from = 0; from < wanted.size(); ) {
            int to = from + 1;
            while (to < wanted.size() && isNear(wanted.get(from), wanted.get(to - 1), wanted.get(to))) {
                to++;
            }
            open(pack, directory, wanted.subList(from, to), opened);
            from = to;
        }
        return opened;
    }

    /** A frame and where it lies. */
    private record Place(int number, FrameEntry entry) {
        int end() {
            return entry.offset() + entry.length();
        }
    }

    private static boolean isNear(Place first, Place last, Place next) {
        return next.entry.offset() - last.end() <= MOST_GAP && next.end() - first.entry.offset() <= MOST_TOGETHER;
    }

    private void open(PackUse pack, PackDirectory directory, List<Place> near, Map<Integer, byte[]> into) {
        ObjectKey key = Keys.pack(pack.id());
        int start = near.getFirst().entry.offset();
        byte[] bytes = guarded(key, () -> range(key, start, near.getLast().end() - start));
        for (Place place : near) {
            int at = place.entry.offset() - start;
            try {
                byte[] frame = directory.open(place.number, Arrays.copyOfRange(bytes, at, at + place.entry.length()));
                frames.put(new FrameId(pack.id(), place.number), frame);
                into.put(place.number, frame);
            } catch (FormatException e) {
                // Whoever needs it learns that, with the range of the disk.
                LOG.log(System.Logger.Level.DEBUG, "frame {0} of pack {1} is damaged", place.number, pack.id());
            }
        }
    }

    private byte[] load(PackUse pack, PackDirectory directory, int number, int kind) {
        ObjectKey key = Keys.pack(pack.id());
        return guarded(key, () -> {
            FrameEntry entry = directory.entry(number);
            if (entry.kind() != kind) {
                throw new FormatException("frame " + number + " is of another kind");
            }
            return directory.open(number, range(key, entry.offset(), entry.length()));
        });
    }

    private PackDirectory directory(PackUse pack) {
        PackDirectory kept = directories.get(pack.id());
        if (kept == null) {
            kept = openDirectory(pack);
            directories.put(pack.id(), kept);
        }
        return kept;
    }

    private PackDirectory openDirectory(PackUse pack) {
        ObjectKey key = Keys.pack(pack.id());
        int tail = pack.directoryLength() + VaultFormat.TRAILER;
        return guarded(key, () -> {
            if (pack.directoryLength() < VaultFormat.TAG || pack.size() < tail + VaultFormat.PACK_HEAD) {
                throw new FormatException("sizes of the pack do not fit");
            }
            return PackDirectory.open(keys, pack.id(), pack.size(), range(key, pack.size() - tail, tail), access);
        });
    }

    private byte[] range(ObjectKey key, long offset, int length) {
        byte[] bytes = store.getRange(key, offset, length);
        if (bytes.length != length) {
            throw new FormatException("cut short");
        }
        return bytes;
    }

    private <T> T guarded(ObjectKey key, Supplier<T> open) {
        try {
            return open.get();
        } catch (FormatException e) {
            throw new VaultException(
                    VaultException.Kind.CORRUPT, key.value(), "pack " + key + " is damaged: " + e.getMessage(), e);
        } catch (StorageException e) {
            throw switch (e.kind()) {
                case NOT_FOUND ->
                    new VaultException(VaultException.Kind.MISSING, key.value(), "pack " + key + " is not there", e);
                case RANGE ->
                    new VaultException(VaultException.Kind.CORRUPT, key.value(), "pack " + key + " is cut short", e);
                default -> ReadFailure.isOfObject(store, e) ? unreadable(key, e) : e;
            };
        }
    }

    private static VaultException unreadable(ObjectKey key, StorageException e) {
        return new VaultException(
                VaultException.Kind.CORRUPT,
                key.value(),
                "pack " + key + " cannot be read, other objects can: " + e.getMessage(),
                e);
    }
}
