package io.holdfast.vault.format;

import io.holdfast.vault.PointManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * How far an attempt came: everything it names is stored.
 *
 * @param finished disks that are done
 * @param current the disk that was being read
 */
public record Journal(
        String vm,
        String job,
        String moment,
        UUID point,
        long stored,
        List<PointManifest.Disk> finished,
        Optional<Progress> current) {

    /**
     * A disk whose leaves below {@code nextLeaf} are stored.
     *
     * @param slots for each level from 1 the children of the node being built
     */
    public record Progress(
            String key,
            long size,
            PointManifest.ReadMode mode,
            Optional<UUID> base,
            long nextLeaf,
            long readBytes,
            long newBytes,
            List<long[]> slots,
            List<PointManifest.PackUse> packs) {}

    /** All packs that it names. */
    public List<PointManifest.PackUse> packs() {
        return Stream.concat(finished.stream().map(PointManifest.Disk::packs), current.map(Progress::packs).stream())
                .flatMap(List::stream)
                .toList();
    }

    public byte[] encode() {
        ByteWriter out = new ByteWriter(4096);
        out.string(vm).string(job).string(moment).uuid(point).varint(stored);
        out.list(finished, DiskCodec::write).opt(current, Journal::write);
        return out.toByteArray();
    }

    public static Journal decode(byte[] body) {
        ByteReader in = new ByteReader(body);
        Journal journal = new Journal(
                in.string(8192),
                in.string(8192),
                in.string(8192),
                in.uuid(),
                in.varint(Long.MAX_VALUE),
                in.list(VaultFormat.MAX_DISKS, DiskCodec::read),
                in.opt(Journal::read));
        in.end();
        return journal;
    }

    private static void write(ByteWriter out, Progress progress) {
        out.string(progress.key).varint(progress.size).code(progress.mode);
        out.opt(progress.base, ByteWriter::uuid).varint(progress.nextLeaf);
        out.varint(progress.readBytes).varint(progress.newBytes).u8(progress.slots.size());
        for (int level = 1; level <= progress.slots.size(); level++) {
            out.varint(progress.nextLeaf >> (level * VaultFormat.FAN_BITS));
            for (long slot : progress.slots.get(level - 1)) {
                out.varint(slot);
            }
        }
        DiskCodec.writePacks(out, progress.packs);
    }

    private static Progress read(ByteReader in) {
        String key = in.string(8192);
        long size = in.varint(Long.MAX_VALUE);
        PointManifest.ReadMode mode = in.code(PointManifest.ReadMode.values());
        Optional<UUID> base = in.opt(ByteReader::uuid);
        long nextLeaf = in.varint(Long.MAX_VALUE);
        long readBytes = in.varint(Long.MAX_VALUE);
        long newBytes = in.varint(Long.MAX_VALUE);
        int levels = in.u8();
        if (levels > 7) {
            throw new FormatException("too many levels");
        }
        List<long[]> slots = new ArrayList<>();
        for (int level = 1; level <= levels; level++) {
            if (in.varint() != nextLeaf >> (level * VaultFormat.FAN_BITS)) {
                throw new FormatException("levels do not agree");
            }
            long[] refs = new long[VaultFormat.FAN_OUT];
            for (int i = 0; i < refs.length; i++) {
                refs[i] = in.varint();
            }
            slots.add(refs);
        }
        return new Progress(key, size, mode, base, nextLeaf, readBytes, newBytes, slots, DiskCodec.readPacks(in));
    }
}
