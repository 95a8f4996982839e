package io.holdfast.vault.format;

import io.holdfast.vault.PointManifest;
import io.holdfast.vault.PointManifest.PackUse;
import java.util.ArrayList;
import java.util.List;

/** A disk of a manifest or a journal, and its pack table. */
public final class DiskCodec {

    private static final int MAX_TEXT = 4096;

    private DiskCodec() {}

    public static void write(ByteWriter out, PointManifest.Disk disk) {
        out.string(disk.key()).varint(disk.size()).string(disk.format());
        out.code(disk.mode());
        out.opt(disk.base(), ByteWriter::uuid).opt(disk.fullReason(), ByteWriter::string);
        out.varint(disk.readBytes()).varint(disk.newBytes()).u64(disk.root());
        writePacks(out, disk.packs());
    }

    public static PointManifest.Disk read(ByteReader in) {
        return new PointManifest.Disk(
                in.string(MAX_TEXT),
                in.varint(Long.MAX_VALUE),
                in.string(MAX_TEXT),
                in.code(PointManifest.ReadMode.values()),
                in.opt(ByteReader::uuid),
                in.opt(i -> i.string(MAX_TEXT)),
                in.varint(Long.MAX_VALUE),
                in.varint(Long.MAX_VALUE),
                in.u64(),
                readPacks(in));
    }

    public static void writePacks(ByteWriter out, List<PackUse> packs) {
        out.varint(packs.size());
        long before = 0;
        for (PackUse pack : packs) {
            out.varint(pack.number() - before).hex(pack.id()).varint(pack.size());
            out.varint(pack.directoryLength()).varint(pack.blocks()).varint(pack.nodes());
            before = pack.number();
        }
    }

    public static List<PackUse> readPacks(ByteReader in) {
        int count = (int) in.varint(Math.min(VaultFormat.MAX_PACKS, in.remaining() / 21));
        List<PackUse> packs = new ArrayList<>(count);
        long number = 0;
        for (int i = 0; i < count; i++) {
            long step = in.varint(1L << 36);
            number += step;
            if (step == 0 || number >= 1L << 37) {
                throw new FormatException("pack numbers do not ascend");
            }
            packs.add(new PackUse(
                    number,
                    in.hex(16),
                    (int) in.varint(VaultFormat.MAX_PACK),
                    (int) in.varint(VaultFormat.MAX_DIRECTORY),
                    in.varint(Long.MAX_VALUE),
                    in.varint(Long.MAX_VALUE)));
        }
        return packs;
    }
}
