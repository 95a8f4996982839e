package io.holdfast.vault.format;

import io.holdfast.vault.BackupKind;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.Consistency;
import io.holdfast.vault.PointManifest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The body of a manifest. */
public final class ManifestCodec {

    private static final int RECORD_POINT = 1;
    private static final int MAX_TEXT = 8192;
    private static final int MAX_DEFINITION = 4 << 20;
    private static final int SOURCE_ID = 1;
    private static final int UUID_BYTES = 16;
    private static final String NO_HASH = "0".repeat(64);

    private ManifestCodec() {}

    /** The body; {@code sizes.stored} is written without the manifest itself. */
    public static byte[] encode(PointManifest point) {
        ByteWriter out = new ByteWriter(4096);
        out.u8(RECORD_POINT).uuid(point.id());
        out.string(point.vm()).string(point.vmName()).string(point.source());
        out.string(point.job()).string(point.moment());
        ChainHead previous = point.previous().orElse(new ChainHead(0, NO_HASH));
        out.u64(point.sequence()).u64(previous.sequence()).hex(previous.hash());
        out.list(point.skipped(), (o, s) -> o.u64(s.sequence()).hex(s.hash()));
        out.code(point.kind()).opt(point.base(), ByteWriter::uuid);
        out.code(point.consistency()).string(point.vmState());
        out.instant(point.takenAt()).instant(point.committedAt());
        out.varint(point.sizes().stored()).string(point.definition());
        out.list(point.notes(), ByteWriter::string);
        out.list(point.disks(), DiskCodec::write);
        out.list(
                point.sourceId().stream().toList(),
                (o, id) -> o.varint(SOURCE_ID).varint(UUID_BYTES).uuid(id));
        return out.toByteArray();
    }

    /** The manifest in {@code body}, which came from an object with this hash and size. */
    public static PointManifest decode(byte[] body, String hash, long objectSize) {
        ByteReader in = new ByteReader(body);
        if (in.u8() != RECORD_POINT) {
            throw new FormatException("a record of an unknown type");
        }
        UUID id = in.uuid();
        String vm = in.string(MAX_TEXT);
        String vmName = in.string(MAX_TEXT);
        String source = in.string(MAX_TEXT);
        String job = in.string(MAX_TEXT);
        String moment = in.string(MAX_TEXT);
        long sequence = in.u64();
        ChainHead before = new ChainHead(in.u64(), in.hex(32));
        Optional<ChainHead> previous = before.sequence() == 0 ? Optional.empty() : Optional.of(before);
        List<ChainHead> skipped = in.list(100_000, i -> new ChainHead(i.u64(), i.hex(32)));
        BackupKind kind = in.code(BackupKind.values());
        Optional<UUID> base = in.opt(ByteReader::uuid);
        Consistency consistency = in.code(Consistency.values());
        String vmState = in.string(MAX_TEXT);
        Instant takenAt = in.instant();
        Instant committedAt = in.instant();
        long stored = in.varint(Long.MAX_VALUE - objectSize);
        String definition = in.string(MAX_DEFINITION);
        List<String> notes = in.list(100_000, i -> i.string(1 << 20));
        List<PointManifest.Disk> disks = in.list(VaultFormat.MAX_DISKS, DiskCodec::read);
        Optional<UUID> sourceId = in.list(1000, ManifestCodec::extension).stream()
                .flatMap(Optional::stream)
                .findFirst();
        in.end();
        return new PointManifest(
                id,
                vm,
                vmName,
                source,
                sourceId,
                job,
                moment,
                sequence,
                hash,
                previous,
                skipped,
                kind,
                base,
                consistency,
                vmState,
                takenAt,
                committedAt,
                disks,
                sizes(disks, stored + objectSize),
                definition,
                notes);
    }

    private static Optional<UUID> extension(ByteReader in) {
        long tag = in.varint();
        byte[] value = in.bytes(VaultFormat.MAX_SEALED);
        return tag == SOURCE_ID && value.length == UUID_BYTES
                ? Optional.of(new ByteReader(value).uuid())
                : Optional.empty();
    }

    private static PointManifest.Sizes sizes(List<PointManifest.Disk> disks, long stored) {
        return new PointManifest.Sizes(
                disks.stream().mapToLong(PointManifest.Disk::size).sum(),
                disks.stream().mapToLong(PointManifest.Disk::readBytes).sum(),
                disks.stream().mapToLong(PointManifest.Disk::newBytes).sum(),
                stored);
    }
}
