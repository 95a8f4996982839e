package io.holdfast.cli.direct;

import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupKind;
import io.holdfast.vault.BackupSession;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.Consistency;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One point of disks that this process reads by itself. */
final class DirectBackup {

    /** What stands where the suite names its hypervisor connection. */
    private static final String SOURCE = "direct";

    private final Vault vault;
    private final String vm;
    private final Optional<ChainHead> known;
    private final @Nullable PointManifest base;
    private final boolean changesOnly;

    DirectBackup(
            Vault vault, String vm, Optional<ChainHead> known, @Nullable PointManifest base, @Nullable String bitmap) {
        this.vault = vault;
        this.vm = vm;
        this.known = known;
        this.base = base;
        this.changesOnly = bitmap != null;
    }

    /** The point that is compared with. */
    @Nullable
    PointManifest base() {
        return base;
    }

    /** The newest point of a machine that can be read. */
    static @Nullable PointManifest newest(Vault vault, String vm) {
        List<PointManifest> points = vault.points(vm);
        return points.isEmpty() ? null : points.getLast();
    }

    /** A base that turns out unreadable costs a full backup, not the backup. */
    PointManifest run(List<DiskSource> disks, DirectProgress progress) throws InterruptedException {
        Instant takenAt = Instant.now();
        try {
            return store(disks, base, takenAt, List.of(), progress);
        } catch (VaultException e) {
            if (e.kind() != VaultException.Kind.BASE_NOT_USABLE || base == null || changesOnly) {
                throw e;
            }
            List<String> why = List.of("The base point in the vault cannot be used: " + e.getMessage());
            return store(disks, null, takenAt, why, progress);
        }
    }

    private PointManifest store(
            List<DiskSource> disks,
            @Nullable PointManifest against,
            Instant takenAt,
            List<String> notes,
            DirectProgress progress)
            throws InterruptedException {
        String job = UUID.randomUUID().toString();
        var intent = new BackupIntent(
                vm,
                vm,
                SOURCE,
                job,
                UUID.randomUUID(),
                takenAt.toString(),
                against == null ? BackupKind.FULL : BackupKind.INCREMENTAL,
                Optional.ofNullable(against).map(PointManifest::id),
                known);
        try (BackupSession session = vault.begin(intent)) {
            long before = 0;
            for (DiskSource disk : disks) {
                long done = before;
                session.backup(disk, told -> progress.at(done + told.position()));
                before += disk.size();
            }
            return session.commit(new PointFacts(takenAt, Consistency.CRASH, "not known", "", new ArrayList<>(notes)));
        }
    }
}
