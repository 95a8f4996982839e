package io.holdfast.vault;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.vault.PointManifest.Disk;
import io.holdfast.vault.PointManifest.PackUse;
import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.crypto.KeyRing;
import io.holdfast.vault.crypto.KeySlot;
import io.holdfast.vault.crypto.Sealed;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.ManifestCodec;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A vault of any size that stores next to nothing: manifests are sealed anew from a seed whenever they are asked for, packs are only
 * listed. All points need the same packs, but for one in a hundred that no point needs.
 */
final class SyntheticVault extends ScriptedStore {

    private static final int BLOCKS_OF_PACK = 8192;
    private static final int PACK_BYTES = 16 << 20;

    final Map<String, Integer> counts = new ConcurrentHashMap<>();
    final ConcurrentHashMap<Long, Boolean> deleted = new ConcurrentHashMap<>();
    private final long packs;
    private final int points;
    private final KeyRing keys;
    private final String machine;
    private final List<ChainHead> heads = new ArrayList<>();

    /** A vault whose points are there already; the header and the key are real. */
    SyntheticVault(ScriptedStore real, KeyRing keys, long blocks, int points) {
        super(real.objects);
        this.packs = blocks / BLOCKS_OF_PACK;
        this.points = points;
        this.keys = keys;
        machine = keys.name("vm", "vm-1");
        for (int sequence = 1; sequence <= points; sequence++) {
            heads.add(new ChainHead(sequence, HexFormat.of().formatHex(KeySlot.sha256(manifest(sequence)))));
        }
        before = (request, key) -> counts.merge(request, 1, Integer::sum);
    }

    long garbage() {
        return packs / 100;
    }

    long packs() {
        return packs;
    }

    /** Ascends with {@code index}, and looks random below that. */
    private static String id(long index) {
        return String.format("%08x%08x%016x", index << 8, 0, new Random(index).nextLong());
    }

    private byte[] manifest(int sequence) {
        List<PackUse> uses = new ArrayList<>();
        for (long index = garbage(); index < packs; index++) {
            uses.add(new PackUse(index + 1, id(index), PACK_BYTES, 2000, BLOCKS_OF_PACK, 40));
        }
        Disk disk = new Disk(
                "vda",
                packs << 24,
                "raw",
                PointManifest.ReadMode.FULL,
                Optional.empty(),
                Optional.empty(),
                0,
                0,
                1L << 26,
                uses);
        Optional<ChainHead> previous = sequence == 1 ? Optional.empty() : Optional.of(heads.get(sequence - 2));
        PointManifest point = new PointManifest(
                new UUID(7, sequence),
                "vm-1",
                "big",
                "lab",
                Optional.empty(),
                "job-" + sequence,
                "moment",
                new ChainLink(sequence, "", previous, List.of(), 0),
                BackupKind.FULL,
                Optional.empty(),
                Consistency.CRASH,
                "running",
                Vaults.NOW,
                Vaults.NOW,
                List.of(disk),
                new PointManifest.Sizes(0, 0, 0, 0),
                "<domain/>",
                List.of());
        return Sealed.POINT.seal(keys, new Known(sequence), Keys.point(machine, sequence), ManifestCodec.encode(point));
    }

    /** Not random at all: the same manifest has the same bytes each time. */
    private static final class Known extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final transient Random random;

        Known(long seed) {
            random = new Random(seed);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            random.nextBytes(bytes);
        }
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        long sequence = Keys.sequence(key).orElse(Long.MAX_VALUE);
        if (sequence <= points) {
            before.accept("get", key.value());
            return Optional.of(manifest((int) sequence));
        }
        return super.get(key, maxBytes);
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        if (prefix.equals(Keys.PACKS)) {
            return LongStream.range(0, packs)
                    .filter(index -> !deleted.containsKey(index))
                    .mapToObj(index -> {
                        if (index % 1000 == 0) {
                            before.accept("list", prefix);
                        }
                        return new ObjectInfo(Keys.pack(id(index)), PACK_BYTES);
                    });
        }
        Stream<ObjectInfo> stored = super.list(prefix);
        if (!prefix.startsWith(Keys.POINTS)) {
            return stored;
        }
        TreeMap<String, ObjectInfo> all = new TreeMap<>();
        stored.forEach(info -> all.put(info.key().value(), info));
        for (int sequence = 1; sequence <= points; sequence++) {
            ObjectKey key = Keys.point(machine, sequence);
            if (key.value().startsWith(prefix)) {
                all.put(key.value(), new ObjectInfo(key, 1000));
            }
        }
        return all.values().stream();
    }

    @Override
    public void delete(ObjectKey key) {
        before.accept("delete", key.value());
        Optional<String> pack = Keys.packId(key);
        if (pack.isPresent()) {
            deleted.put(Long.parseLong(pack.get().substring(0, 8), 16) >> 8, true);
        } else {
            objects.remove(key.value());
        }
    }
}
