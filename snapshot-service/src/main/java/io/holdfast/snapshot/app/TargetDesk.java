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
    private final Puller puller;
    private final VmLocks locks;
    private final Settings settings;
    private final InstantSource clock;

    public TargetDesk(
            SourceDirectory directory,
            Rows.Targets targets,
            Puller puller,
            VmLocks locks,
            Settings settings,
            InstantSource clock) {
        this.directory = directory;
        this.targets = targets;
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
        String subject = request.name() == null ? String.valueOf(request.inPlace()) : "name " + request.name();
        return locks.with(
                source.id(), subject, () -> directory.reach(source, d -> opened(source, d.targets(), request)));
    }

    private TargetInfo opened(Source source, RestoreTargets driver, OpenTarget r) {
        Optional<Target> known = targets.byJob(r.job());
        if (known.isPresent() && known.get().state() != State.ABORTED) {
            return info(continued(known.get(), driver, r.fencing()));
        }
        known.ifPresent(t -> {
            fence(t, r.fencing());
            targets.remove(t.job());
        });
        RestoreTargets.Planned plan = driver.plan(r);
        refuseTwin(source, plan.vmName(), r.inPlace());
        Target target = new Target(
                r.job(),
                r.fencing(),
                source.id(),
                source.name(),
                plan.vmName(),
                r.inPlace(),
                plan.newId(),
                r.definition(),
                r.network(),
                State.PREPARED,
                plan.disks(),
                List.of(),
                false,
                plan.notes(),
                null,
                expiry());
        targets.insert(target);
        try {
            driver.makeVolumes(target);
        } catch (RuntimeException e) {
            driver.deleteVolumes(target);
            targets.remove(target.job());
            throw e;
        }
        LOG.infof("job %s: target %s prepared", r.job(), plan.vmName());
        return info(target);
    }

    private Target continued(Target known, RestoreTargets driver, long fencing) {
        Target target = targets.change(known.job(), t -> {
            fence(t, fencing);
            return t.leased(fencing, expiry());
        });
        if (target.state() == State.PREPARED) {
            driver.makeVolumes(target);
        }
        return target;
    }

    private void refuseTwin(Source source, String name, @org.jspecify.annotations.Nullable String inPlace) {
        boolean twin = targets.all().stream()
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
        return switch (t.state()) {
            case FILLED, FINISHED -> t;
            case ABORTED -> throw new ApiException(ErrorCode.TARGET_NOT_FOUND, "This target was aborted.");
            case PREPARED, FAILED, FILLING -> t.with(State.FILLING, null).leased(fencing, expiry());
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
        return new TargetInfo(
                t.job(),
                t.fencing(),
                t.state(),
                t.sourceName(),
                t.vmName(),
                t.state() == State.FINISHED ? vmId(t) : null,
                t.disks().stream()
                        .map(d -> new TargetInfo.DiskFill(
                                d.key(), d.doneBytes(), d.volume().bytes(), d.filled()))
                        .toList(),
                t.notes(),
                t.detail(),
                t.expiresAt());
    }

    static String vmId(Target t) {
        return t.inPlace() == null ? t.newId().toString() : t.inPlace();
    }
}
