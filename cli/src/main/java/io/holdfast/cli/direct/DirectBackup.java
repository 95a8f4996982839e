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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** One point of disks that this process reads by itself. */
final class DirectBackup {

    /** What stands where the suite names its hypervisor connection. */
    private static final String SOURCE = "direct";

    private final Vault vault;
    private final String vm;
    private final Optional<ChainHead> known;
    private final Supplier<Disks> disks;
    private final LongFunction<DirectProgress> progress;

    /**
     * A backup.
     *
     * @param known the machine's newest point as it is remembered outside the vault
     * @param disks opens them, for each attempt
     * @param progress begins to tell how far so many bytes are dealt with
     */
    DirectBackup(
            Vault vault,
            String vm,
            Optional<ChainHead> known,
            Supplier<Disks> disks,
            LongFunction<DirectProgress> progress) {
        this.vault = vault;
        this.vm = vm;
        this.known = known;
        this.disks = disks;
        this.progress = progress;
    }

    /** Compares with a point that serves only to find what is stored already: unreadable it costs a full backup, not the backup. */
    PointManifest compared(Optional<UUID> with) throws InterruptedException {
        try {
            return against(with, List.of());
        } catch (VaultException e) {
            if (e.kind() != VaultException.Kind.BASE_NOT_USABLE || with.isEmpty()) {
                throw e;
            }
            return against(Optional.empty(), List.of("The base point in the vault cannot be used: " + e.getMessage()));
        }
    }

    /** Counts from a point. */
    PointManifest counted(UUID from) throws InterruptedException {
        return against(Optional.of(from), List.of());
    }

    private PointManifest against(Optional<UUID> base, List<String> notes) throws InterruptedException {
        Instant takenAt = Instant.now();
        String job = UUID.randomUUID().toString();
        BackupKind kind = base.isEmpty() ? BackupKind.FULL : BackupKind.INCREMENTAL;
        var intent = new BackupIntent(vm, vm, SOURCE, job, UUID.randomUUID(), takenAt.toString(), kind, base, known);
        try (Disks open = disks.get();
                BackupSession session = vault.begin(intent)) {
            DirectProgress told = progress.apply(open.bytes());
            long before = 0;
            for (DiskSource disk : open.all()) {
                long done = before;
                session.backup(disk, now -> told.at(done + now.position()));
                before += disk.size();
            }
            open.refuseWritten();
            PointManifest point =
                    commit(session, job, new PointFacts(takenAt, Consistency.CRASH, "not known", "", notes));
            told.done();
            return point;
        }
    }

    /** Whoever asks the store once more may learn what it did not say. */
    private PointManifest commit(BackupSession session, String job, PointFacts facts) {
        try {
            return session.commit(facts);
        } catch (VaultException e) {
            if (e.kind() != VaultException.Kind.OUTCOME_UNKNOWN) {
                throw e;
            }
            return vault.committed(vm, job).orElseThrow(() -> e);
        }
    }
}
