package io.holdfast.restore.app;

import io.holdfast.api.RenewLease;
import io.holdfast.api.job.JobEnd;
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
import java.time.Duration;

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
    private final PointCheck check;
    private final MonotonicClock pause;
    private final Duration standstill;
    private final Patience patience;
    private final LeasedJob job;
    private final JobSpec.Restore spec;
    private final JobContext context;
    private long renewedNanos;

    TargetFilling(
            SnapshotServiceApi snapshots,
            ExportNames names,
            PointCheck check,
            MonotonicClock pause,
            Duration standstill,
            LeasedJob job,
            JobContext context) {
        this.snapshots = snapshots;
        this.names = names;
        this.check = check;
        this.pause = pause;
        this.standstill = standstill;
        this.patience = new Patience(pause, context);
        this.job = job;
        this.spec = (JobSpec.Restore) job.spec();
        this.context = context;
    }

    TargetInfo run() throws InterruptedException {
        context.progress(Progress.of("prepare", 0, 0));
        TargetInfo target = patience.ask(() -> snapshots.openTarget(request()));
        renewedNanos = pause.nanos();
        if (target.state() == TargetInfo.State.FINISHED) {
            return target;
        }
        if (!target.finishing()) {
            context.made(JobEnd.Made.NOTHING);
            if (target.state() != TargetInfo.State.FILLED) {
                fill();
            }
            check.complete(this::verifying);
        }
        // A finish that an earlier attempt began may have replaced the VM already, and everything was read before it.
        context.progress(Progress.of("finish", 0, 0));
        context.check();
        context.made(JobEnd.Made.PERHAPS);
        return patience.ask(() -> snapshots.finishTarget(job.job(), new FinishTarget(context.fencing(), spec.start())));
    }

    private OpenTarget request() {
        return new OpenTarget(
                job.job(),
                context.fencing(),
                spec.source(),
                spec.inPlace() ? null : spec.name(),
                spec.inPlace() ? spec.vm() : null,
                check.manifest().definition(),
                spec.pool(),
                spec.network(),
                check.manifest().sourceId().orElse(null),
                check.disks().stream()
                        .map(d -> new OpenTarget.TargetDisk(d.key(), d.size(), d.format(), DiskChoice.dataBytes(d)))
                        .toList());
    }

    private void fill() throws InterruptedException {
        String transport = patience.ask(() -> snapshots.source(spec.source())).nbd();
        Duration between = POLL;
        for (int tried = 1; ; tried++) {
            var from = names.of(job.job(), spec, check.manifest(), check.disks(), transport);
            TargetInfo target = awaitFilled(
                    patience.ask(() -> snapshots.fillTarget(job.job(), new FillTarget(context.fencing(), from))));
            if (target.state() == TargetInfo.State.FILLED) {
                return;
            }
            refuseFull(target);
            if (target.state() == TargetInfo.State.FAILED) {
                // Another replica may have served the damage that ended the pull.
                check.complete(this::verifying);
            }
            if (tried == FILLS || target.state() != TargetInfo.State.FAILED) {
                throw new ApiException(ErrorCode.TARGET_FILL_FAILED, "The hypervisor's pull failed: " + why(target));
            }
            waitToRefill(between);
            between = between.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : between.multipliedBy(2);
        }
    }

    /** Nobody but a person makes room: pulling again would only delay the news. */
    private static void refuseFull(TargetInfo target) {
        if (ErrorCode.NO_SPACE.wire().equals(target.code())) {
            throw new ApiException(ErrorCode.NO_SPACE, why(target));
        }
    }

    /** Renews meanwhile: a longer pause must not cost the lease. */
    private void waitToRefill(Duration time) throws InterruptedException {
        for (Duration waited = Duration.ZERO; waited.compareTo(time) < 0; waited = waited.plus(POLL)) {
            pause.pause(POLL);
            if (renewalIsDue()) {
                TargetInfo _ = renew();
            }
        }
    }

    private static String why(TargetInfo target) {
        String detail = target.detail();
        return detail == null ? "the target is " + target.state() + "." : detail;
    }

    private TargetInfo awaitFilled(TargetInfo begun) throws InterruptedException {
        TargetInfo target = begun;
        long seen = -1;
        long movedNanos = pause.nanos();
        while (target.state() == TargetInfo.State.FILLING || target.state() == TargetInfo.State.PREPARED) {
            check.refuseDamaged();
            tell(target);
            long now = done(target) + check.answers();
            if (now != seen) {
                seen = now;
                movedNanos = pause.nanos();
            } else if (pause.nanos() - movedNanos > standstill.toNanos()) {
                throw new ApiException(
                        ErrorCode.TARGET_FILL_STALLED,
                        "The hypervisor has pulled nothing for " + standstill.toSeconds() + " seconds, at "
                                + done(target) + " bytes.");
            }
            pause.pause(POLL);
            target = look();
        }
        tell(target);
        return target;
    }

    /** Looks, and renews when a third of the lease is over. */
    private TargetInfo look() throws InterruptedException {
        return renewalIsDue() ? renew() : patience.ask(() -> snapshots.target(job.job()));
    }

    private boolean renewalIsDue() {
        long third = Duration.ofSeconds(job.leaseSeconds()).dividedBy(3).toNanos();
        return pause.nanos() - renewedNanos >= third;
    }

    private TargetInfo renew() throws InterruptedException {
        renewedNanos = pause.nanos();
        return patience.ask(() -> snapshots.renewTarget(job.job(), new RenewLease(context.fencing())));
    }

    /** Blocks are read for the check; the target is kept meanwhile. */
    private void verifying(long doneBytes, long totalBytes) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        context.progress(Progress.of("verify", doneBytes, totalBytes));
        if (renewalIsDue()) {
            TargetInfo _ = renew();
        }
    }

    private static long done(TargetInfo target) {
        return target.disks().stream().mapToLong(TargetInfo.DiskFill::doneBytes).sum();
    }

    private void tell(TargetInfo target) {
        long total = target.disks().stream()
                .mapToLong(TargetInfo.DiskFill::totalBytes)
                .sum();
        context.progress(Progress.of("fill", done(target), total));
    }
}
