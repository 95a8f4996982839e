package io.holdfast.restore.app;

import io.holdfast.api.RenewLease;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.jobs.JobContext;
import io.holdfast.restore.domain.DiskChoice;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.vault.PointManifest;
import java.time.Duration;
import java.util.List;

/** Takes one job's target from wherever it stands to a finished VM. For one attempt. */
final class TargetFilling {

    private static final Duration POLL = Duration.ofSeconds(1);

    /**
     * A pull that broke (a restart of this service, a hypervisor's hiccup, a store that was away) is begun anew after pauses
     * that double from one second to this, nine times in two minutes.
     */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int FILLS = 9;

    private final SnapshotServiceApi snapshots;
    private final ExportNames names;
    private final DamageLedger ledger;
    private final MonotonicClock pause;
    private final Patience patience;
    private final LeasedJob job;
    private final JobSpec.Restore spec;
    private final JobContext context;
    private long renewedNanos;

    TargetFilling(
            SnapshotServiceApi snapshots,
            ExportNames names,
            DamageLedger ledger,
            MonotonicClock pause,
            LeasedJob job,
            JobContext context) {
        this.snapshots = snapshots;
        this.names = names;
        this.ledger = ledger;
        this.pause = pause;
        this.patience = new Patience(pause);
        this.job = job;
        this.spec = (JobSpec.Restore) job.spec();
        this.context = context;
    }

    TargetInfo run(PointManifest manifest, List<PointManifest.Disk> disks) throws InterruptedException {
        context.progress(Progress.of("prepare", 0, 0));
        TargetInfo target = patience.ask(() -> snapshots.openTarget(request(manifest, disks)));
        renewedNanos = pause.nanos();
        if (target.state() == TargetInfo.State.FINISHED) {
            return target;
        }
        if (target.state() != TargetInfo.State.FILLED) {
            fill(disks);
        }
        ledger.refuseDamaged(job.job());
        context.progress(Progress.of("finish", 0, 0));
        return patience.ask(() -> snapshots.finishTarget(job.job(), new FinishTarget(context.fencing(), spec.start())));
    }

    private OpenTarget request(PointManifest manifest, List<PointManifest.Disk> disks) {
        return new OpenTarget(
                job.job(),
                context.fencing(),
                spec.source(),
                spec.inPlace() ? null : spec.name(),
                spec.inPlace() ? spec.vm() : null,
                manifest.definition(),
                spec.pool(),
                spec.network(),
                manifest.source(),
                disks.stream()
                        .map(d -> new OpenTarget.TargetDisk(d.key(), d.size(), d.format(), DiskChoice.dataBytes(d)))
                        .toList());
    }

    private void fill(List<PointManifest.Disk> disks) throws InterruptedException {
        String transport = patience.ask(() -> snapshots.source(spec.source())).nbd();
        Duration between = POLL;
        for (int tried = 1; ; tried++) {
            var from = names.of(job.job(), spec, disks, transport);
            TargetInfo target = awaitFilled(
                    patience.ask(() -> snapshots.fillTarget(job.job(), new FillTarget(context.fencing(), from))));
            if (target.state() == TargetInfo.State.FILLED) {
                return;
            }
            ledger.refuseDamaged(job.job());
            if (tried == FILLS || target.state() != TargetInfo.State.FAILED) {
                throw new ApiException(ErrorCode.TARGET_FILL_FAILED, "The hypervisor's pull failed: " + why(target));
            }
            waitToRefill(between);
            between = between.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : between.multipliedBy(2);
        }
    }

    /** Renews meanwhile: a longer pause must not cost the lease. */
    private void waitToRefill(Duration time) throws InterruptedException {
        for (Duration waited = Duration.ZERO; waited.compareTo(time) < 0; waited = waited.plus(POLL)) {
            pause.pause(POLL);
            if (renewalIsDue()) {
                TargetInfo unused = look();
            }
        }
    }

    private static String why(TargetInfo target) {
        String detail = target.detail();
        return detail == null ? "the target is " + target.state() + "." : detail;
    }

    private TargetInfo awaitFilled(TargetInfo begun) throws InterruptedException {
        TargetInfo target = begun;
        while (target.state() == TargetInfo.State.FILLING || target.state() == TargetInfo.State.PREPARED) {
            ledger.refuseDamaged(job.job());
            tell(target);
            pause.pause(POLL);
            target = look();
        }
        tell(target);
        return target;
    }

    /** Looks, and renews when a third of the lease is over. */
    private TargetInfo look() throws InterruptedException {
        if (!renewalIsDue()) {
            return patience.ask(() -> snapshots.target(job.job()));
        }
        renewedNanos = pause.nanos();
        return patience.ask(() -> snapshots.renewTarget(job.job(), new RenewLease(context.fencing())));
    }

    private boolean renewalIsDue() {
        return pause.nanos() - renewedNanos
                >= Duration.ofSeconds(job.leaseSeconds()).dividedBy(3).toNanos();
    }

    private void tell(TargetInfo target) {
        long done = target.disks().stream()
                .mapToLong(TargetInfo.DiskFill::doneBytes)
                .sum();
        long total = target.disks().stream()
                .mapToLong(TargetInfo.DiskFill::totalBytes)
                .sum();
        context.progress(Progress.of("fill", done, total));
    }
}
