package io.holdfast.vault;

import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.FenceRecord;
import io.holdfast.vault.chain.GapRecord;
import io.holdfast.vault.chain.RemovalRecord;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.ByteReader;
import io.holdfast.vault.format.GenerationRecord;
import io.holdfast.vault.format.Journal;
import io.holdfast.vault.format.ManifestCodec;
import io.holdfast.vault.format.RecordCodec;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.map.MapNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** A vault that holds an object of every kind, and what is inside them. */
final class EveryKind {

    private EveryKind() {}

    /** The bytes inside an object, and what reads them. */
    @SuppressWarnings("ArrayRecordComponent")
    record Body(byte[] bytes, Consumer<byte[]> decode) {}

    static ModelDisk disk() {
        ModelDisk disk = new ModelDisk("vda", 700_000);
        byte[] noise = new byte[600_000];
        new Random(1).nextBytes(noise);
        disk.fill(0, noise.length / ModelDisk.UNIT, noise, new Random(1));
        return disk;
    }

    /** Points, a removal, a generation, a session, journals. The point of the job "last" holds the disk as it is then. */
    static void fill(ScriptedStore store, ModelDisk disk) throws InterruptedException {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", disk);
            vault.forget("vm-1", Set.of(one.id()));
            try (BackupSession session = vault.begin(Vaults.intent("open", Optional.empty()))) {
                session.backup(disk.freeze(Optional.empty(), Optional.empty()), ProgressListener.NONE);
                CollectReport _ = vault.collect(CollectOptions.defaults());
            }
            PointManifest two = Vaults.full(vault, "two", disk);
            disk.mutate(new Random(2));
            PointManifest _ = Vaults.incremental(vault, "last", two, disk);
        }
    }

    static List<Body> bodies() throws InterruptedException {
        ScriptedStore store = new ScriptedStore();
        fill(store, disk());
        List<Body> bodies = new ArrayList<>();
        UUID id = new UUID(1, 2);
        ChainHead head = new ChainHead(7, "ab".repeat(32));
        ChainLink link = new ChainLink(8, "", Optional.of(head), List.of(head), 3);
        Consumer<byte[]> record = bytes -> {
            Slot.Linked _ = RecordCodec.decode(bytes, "0".repeat(64), 1000);
        };
        try (Vault vault = Vault.open(store, Vaults.PASSPHRASE, Vaults.SMALL)) {
            PointManifest point = vault.points("vm-1").getLast();
            bodies.add(new Body(ManifestCodec.encode(point), record));
            bodies.add(new Body(
                    new Journal("vm-1", "job", "moment", id, 5, point.disks(), Optional.of(progress(point))).encode(),
                    bytes -> {
                        Journal _ = Journal.decode(bytes);
                    }));
        }
        var removed = new RemovalRecord.Removed(head, Optional.of(id), Optional.of(head), List.of(head));
        bodies.add(new Body(
                RecordCodec.encode(new RemovalRecord("vm-1", link, Vaults.NOW, 2, List.of(removed, removed))), record));
        bodies.add(new Body(RecordCodec.encode(new FenceRecord("vm-1", link, id, "job", Vaults.NOW)), record));
        bodies.add(new Body(RecordCodec.encode(new GapRecord("vm-1", link, 20)), record));
        bodies.add(new Body(new SessionRecord(id, "vm-1", "job", "moment", id, 3, 4, Vaults.NOW).encode(), bytes -> {
            SessionRecord _ = SessionRecord.decode(bytes);
        }));
        var mark = new GenerationRecord.Mark("cd".repeat(16), 3);
        bodies.add(new Body(new GenerationRecord(4, Vaults.NOW, List.of(mark, mark), List.of(mark)).encode(), bytes -> {
            GenerationRecord _ = GenerationRecord.decode(bytes);
        }));
        MapNode.Leaf leaf = MapNode.Leaf.empty();
        MapNode.Inner inner = new MapNode.Inner(new long[256]);
        for (int i = 0; i < 20; i++) {
            leaf.locations()[i] = (1L << 26) + i + (i > 9 ? 1 << 10 : 0);
            leaf.identities()[2 * i] = i;
            inner.children()[i * 3] = (1L << 26) + i;
        }
        bodies.add(new Body(leaf.encode(0, 5), bytes -> {
            MapNode _ = MapNode.decode(new ByteReader(bytes), 0, 5);
        }));
        bodies.add(new Body(inner.encode(1, 5), bytes -> {
            MapNode _ = MapNode.decode(new ByteReader(bytes), 1, 5);
        }));
        return bodies;
    }

    private static Journal.Progress progress(PointManifest point) {
        PointManifest.Disk disk = point.disks().getFirst();
        return new Journal.Progress(
                "vda",
                disk.size(),
                disk.mode(),
                disk.base(),
                3,
                disk.readBytes(),
                disk.newBytes(),
                List.of(new long[256]),
                disk.packs());
    }
}
