package io.holdfast.snapshot.app;

import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.OpenTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What restore jobs ask of targets, up to filling; {@link TargetEnd} finishes and aborts. */
public final class TargetDesk {

    private static final Logger LOG = Logger.getLogger(TargetDesk.class);

    private final SourceDirectory directory;
    private final Rows.Targets targets;
    private final Rows.SnapshotRows snapshots;
    private final TargetOperations operations;
    private final Puller puller;
    private final VmLocks locks;
    private final Settings settings;
    private final InstantSource clock;

    public TargetDesk(
            SourceDirectory directory,
            TargetEnd.Tables tables,
            TargetOperations operations,
            Puller puller,
            VmLocks locks,
            Settings settings,
            InstantSource clock) {
        this.directory = directory;
        this.targets = tables.targets();
        this.snapshots = tables.snapshots();
        this.operations = operations;
        this.puller = puller;
        this.locks = locks;
        this.settings = settings;
        this.clock = clock;
    }

    /** Prepares, or continues what an earlier attempt prepared. */
    public TargetInfo open(OpenTarget request) {
        if ((request.name() == null) == (request.inPlace() == null)) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "Say either a name or inPlace.");
        }
        Source source = directory.find(request.source());
        String subject = Target.subject(request.inPlace(), String.valueOf(request.name()));
        return locks.with(
                source.id(), subject, () -> directory.reach(source, d -> opened(source, d.targets(), request)));
    }

    private TargetInfo opened(Source source, RestoreTargets driver, OpenTarget r) {
        Optional<Target> known = targets.byJob(r.job()).map(t -> settled(t, r.fencing()));
        if (known.isPresent() && known.get().state() != State.ABORTED) {
            return info(continued(known.get(), r.fencing()));
        }
        known.ifPresent(t -> targets.remove(t.job()));
        if (r.inPlace() != null) {
            directory.refuseRunningElsewhere(source, r.inPlace());
        }
        RestoreTargets.Planned plan = driver.plan(r);
        refuseTwin(source, plan.vmName(), r.inPlace());
        refusePartial(source, plan, r.inPlace());
        Target target = intent(source, plan, r);
        targets.insert(target);
        Target made = made(target);
        LOG.infof("job %s: target %s prepared", r.job(), plan.vmName());
        return info(made);
    }

    /** An abort that was begun ends before anything begins anew. */
    private Target settled(Target known, long fencing) {
        fence(known, fencing);
        return TargetRules.unfinished(known) && known.aborting() ? operations.drive(known) : known;
    }

    private Target intent(Source source, RestoreTargets.Planned plan, OpenTarget r) {
        return new Target(
                r.job(),
                r.fencing(),
                source.id(),
                source.name(),
                plan.vmName(),
                r.inPlace(),
                plan.newId(),
                r.definition(),
                r.network(),
                r.originalSource(),
                State.PREPARED,
                plan.disks(),
                List.of(),
                false,
                false,
                false,
                plan.whole(),
                false,
                List.of(),
                null,
                null,
                expiry());
    }

    /** What may succeed later is kept for the next attempt. */
    private Target made(Target target) {
        try {
            return operations.drive(target);
        } catch (RuntimeException e) {
            if (!(e instanceof ApiException known && known.code().retryable())) {
                vanish(target);
            }
            throw e;
        }
    }

    private void vanish(Target target) {
        try {
            Target _ = operations.drive(targets.change(target.job(), Target::abort));
        } catch (RuntimeException e) {
            LOG.warnf("job %s: clean-up is left to the reaper: %s", target.job(), e.getMessage());
        }
    }

    private Target continued(Target known, long fencing) {
        Target target = targets.change(known.job(), t -> {
            fence(t, fencing);
            return t.leased(fencing, expiry());
        });
        return target.state() == State.PREPARED ? operations.drive(target) : target;
    }

    private static ApiException aborted() {
        return new ApiException(ErrorCode.TARGET_NOT_FOUND, "This target was aborted.");
    }

    /** Overlays of disks that stay would belong to snapshots of which a part is gone. */
    private void refusePartial(
            Source source, RestoreTargets.Planned plan, @org.jspecify.annotations.Nullable String vm) {
        if (vm != null && !plan.whole() && !snapshots.ofVm(source.id(), vm).isEmpty()) {
            throw new ApiException(
                    ErrorCode.VM_HAS_SNAPSHOTS,
                    "The VM has snapshots, which are of all its disks: delete them before some of its disks are"
                            + " restored in place, or restore all disks.");
        }
    }

    private void refuseTwin(Source source, String name, @org.jspecify.annotations.Nullable String inPlace) {
        boolean twin = targets.open().stream()
                .filter(TargetRules::unfinished)
                .anyMatch(t -> t.source().equals(source.id()) && t.vmName().equals(name));
        if (twin) {
            throw inPlace == null
                    ? new ApiException(ErrorCode.VM_NAME_EXISTS, "Another restore makes a VM called " + name + ".")
                    : new ApiException(ErrorCode.VM_BUSY, "Another restore replaces the disks of " + name + ".");
        }
    }

    public TargetInfo show(UUID job) {
        return info(find(targets, job));
    }

    public TargetInfo renew(UUID job, RenewLease renew) {
        find(targets, job);
        return info(targets.change(job, t -> {
            fence(t, renew.fencing());
            return TargetRules.unfinished(t) ? t.leased(renew.fencing(), expiry()) : t;
        }));
    }

    /** Renews when nobody works on the target: what a slower attempt had begun has ended, and it begins nothing any more. */
    public TargetInfo observe(UUID job, RenewLease renew) {
        Target known = find(targets, job);
        return locks.with(known.source(), known.subject(), () -> renew(job, renew));
    }

    /** Starts the pulls, or starts them anew after a failure. */
    public TargetInfo fill(UUID job, FillTarget fill) {
        Target known = find(targets, job);
        for (Target.Disk d : known.disks()) {
            if (!fill.from().containsKey(d.key())) {
                throw new ApiException(ErrorCode.DISK_NOT_FOUND, "Nothing is served for disk " + d.key() + ".");
            }
        }
        Target target = targets.change(job, t -> filling(t, fill.fencing()));
        if (target.state() == State.FILLING) {
            puller.start(target, fill.from());
        }
        return info(target);
    }

    private Target filling(Target t, long fencing) {
        fence(t, fencing);
        if (t.aborting()) {
            throw aborted();
        }
        return switch (t.state()) {
            case FILLED, FINISHED -> t;
            case ABORTED -> throw aborted();
            case PREPARED, FAILED, FILLING -> t.with(State.FILLING).leased(fencing, expiry());
        };
    }

    static void fence(Target target, long fencing) {
        if (fencing < target.fencing()) {
            throw new ApiException(ErrorCode.FENCED, "A later attempt of this job holds the target.");
        }
    }

    static Target find(Rows.Targets targets, UUID job) {
        return targets.byJob(job)
                .orElseThrow(() -> new ApiException(ErrorCode.TARGET_NOT_FOUND, "No target was opened for this job."));
    }

    private Instant expiry() {
        return clock.instant().plus(settings.targetTtl());
    }

    static TargetInfo info(Target t) {
        ErrorCode code = t.code();
        return new TargetInfo(
                t.job(),
                t.fencing(),
                t.state(),
                TargetRules.finishing(t),
                t.sourceName(),
                t.vmName(),
                t.state() == State.FINISHED ? t.vmId() : null,
                t.disks().stream()
                        .map(d -> new TargetInfo.DiskFill(
                                d.key(), d.doneBytes(), d.volume().bytes(), d.filled()))
                        .toList(),
                t.notes(),
                code == null ? null : code.wire(),
                t.detail(),
                t.expiresAt());
    }
}
