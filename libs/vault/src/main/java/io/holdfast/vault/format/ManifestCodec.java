package io.holdfast.vault.format;

import io.holdfast.vault.BackupKind;
import io.holdfast.vault.Consistency;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.chain.ChainLink;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The body of a manifest. */
public final class ManifestCodec {

    private static final int MAX_TEXT = LinkCodec.MAX_TEXT;
    private static final int MAX_DEFINITION = 4 << 20;
    private static final int SOURCE_ID = 1;
    private static final int UUID_BYTES = 16;

    private ManifestCodec() {}

    /** The body; {@code sizes.stored} is written without the manifest itself. */
    public static byte[] encode(PointManifest point) {
        ByteWriter out = LinkCodec.write(new ByteWriter(4096), RecordCodec.POINT, point.vm(), point.link());
        out.uuid(point.id()).string(point.vmName()).string(point.source());
        out.string(point.job()).string(point.moment());
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

    /** What follows the link of a manifest, which came from an object of this size. */
    static PointManifest decode(ByteReader in, String vm, ChainLink link, long objectSize) {
        UUID id = in.uuid();
        String vmName = in.string(MAX_TEXT);
        String source = in.string(MAX_TEXT);
        String job = in.string(MAX_TEXT);
        String moment = in.string(MAX_TEXT);
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
        return new PointManifest(
                id,
                vm,
                vmName,
                source,
                sourceId,
                job,
                moment,
                link,
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
