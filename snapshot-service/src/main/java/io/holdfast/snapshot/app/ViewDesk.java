package io.holdfast.snapshot.app;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.SettleView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import io.holdfast.snapshot.domain.ViewPlan;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** What jobs ask of frozen views: open, look, renew, settle. */
public final class ViewDesk {

    private static final Logger LOG = Logger.getLogger(ViewDesk.class);

    private final SourceDirectory directory;
    private final Rows.Views views;
    private final Rows.JobEnds ends;
    private final ViewOperations operations;
    private final Drivers drivers;
    private final NbdPorts ports;
    private final VmLocks locks;
    private final Settings settings;
    private final InstantSource clock;

    /** The rows that are needed. */
    public record Tables(Rows.Views views, Rows.JobEnds ends) {}

    public ViewDesk(
            SourceDirectory directory,
            Tables tables,
            ViewOperations operations,
            Drivers drivers,
            NbdPorts ports,
            VmLocks locks,
            Settings settings,
            InstantSource clock) {
        this.directory = directory;
        this.views = tables.views();
        this.ends = tables.ends();
        this.operations = operations;
        this.drivers = drivers;
        this.ports = ports;
        this.locks = locks;
        this.settings = settings;
        this.clock = clock;
    }

    /** Opens the job's view or continues it; a lost moment is followed by a new one, unless scratch ran full. */
    public ViewInfo open(OpenView request) {
        Source source = directory.find(request.source());
        return locks.with(source.id(), request.vm(), () -> directory.reach(source, d -> opened(source, request)));
    }

    private ViewInfo opened(Source source, OpenView request) {
        if (ends.ended(request.job())) {
            throw new ApiException(ErrorCode.JOB_ENDED, "This job has ended; no view is opened for it any more.");
        }
        views.newest(request.job()).ifPresent(v -> check(v, request, source));
        Optional<View> continued = views.live(request.job())
                .map(v -> views.change(v.moment(), x -> x.leased(request.fencing(), expiry())))
                .flatMap(operations::open);
        View view = continued.orElseGet(() -> operations
                .open(ports.with(source, port -> intend(source, request, port)))
                .orElseThrow(() -> new ApiException(ErrorCode.VIEW_LOST, "The frozen moment was lost at once.")));
        return info(view);
    }

    private static void check(View known, OpenView request, Source source) {
        fence(known, request.fencing());
        if (!known.vm().equals(request.vm()) || !known.point().equals(request.point())) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "This job's view is of another VM or point.");
        }
        if (known.scratchFull() && source.scratchLimitBytes() != null) {
            // Also when the attempt that it happened to did not live to say so: the next would stop the guest again.
            // Without
            // a limit it was the storage itself that was full, and may have room by now.
            throw ScratchFull.problem(known);
        }
    }

    private static void fence(View view, long fencing) {
        if (fencing < view.fencing()) {
            throw new ApiException(ErrorCode.FENCED, "A later attempt of this job holds the view.");
        }
    }

    private View intend(Source source, OpenView r, int port) {
        UUID moment = UUID.randomUUID();
        if (views.unclosed().stream()
                .anyMatch(v -> v.phase().live() && v.source().equals(source.id()) && v.vm().equals(r.vm()))) {
            throw new ApiException(ErrorCode.VM_BUSY, "Another job has a frozen view of this VM.");
        }
        FrozenViews.Planned plan = drivers.of(source).views().plan(r.vm(), moment, r.vault(), r.point(), port);
        if (plan.plan().mode() != ViewPlan.Mode.AS_IS) {
            directory.refuseRunningElsewhere(source, r.vm());
        }
        Instant now = clock.instant();
        View view = new View(
                moment,
                r.job(),
                r.fencing(),
                source.id(),
                source.name(),
                r.vm(),
                plan.vmName(),
                r.vault(),
                r.point(),
                r.kind(),
                r.kind() == BackupKind.FULL ? List.of() : r.bases(),
                Phase.OPENING,
                plan.plan(),
                plan.vmState(),
                plan.definition(),
                plan.notes(),
                null,
                now,
                expiry(),
                false,
                false,
                View.NOT_STARTED,
                null);
        String name = plan.plan().checkpoint();
        Optional<Checkpoint> pending = Optional.ofNullable(name)
                .map(n -> new Checkpoint(
                        moment, r.job(), source.id(), r.vm(), r.vault(), r.point(), n, Checkpoint.State.PENDING, now));
        views.insert(view, pending);
        return view;
    }

    public ViewInfo show(UUID job) {
        return info(live(job));
    }

    public ViewInfo renew(UUID job, RenewLease renew) {
        View view = live(job);
        fence(view, renew.fencing());
        return info(views.change(view.moment(), v -> renewed(v, renew.fencing())));
    }

    /** Renews, after having looked that the hypervisor still has the moment; {@code view-lost} otherwise. */
    public ViewInfo observe(UUID job, RenewLease renew) {
        View view = live(job);
        View renewed = views.change(view.moment(), v -> renewed(v, renew.fencing()));
        if (!operations.alive(renewed)) {
            throw lost(job);
        }
        return info(renewed);
    }

    private View renewed(View view, long fencing) {
        fence(view, fencing);
        if (!view.phase().live()) {
            throw lost(view);
        }
        return view.leased(fencing, expiry());
    }

    private View live(UUID job) {
        Optional<View> found = views.live(job);
        if (found.isPresent() && found.get().takenAt() != null) {
            return found.get();
        }
        throw lost(job);
    }

    private ApiException lost(UUID job) {
        return views.newest(job)
                .map(ViewDesk::lost)
                .orElseGet(() -> new ApiException(ErrorCode.VIEW_NOT_FOUND, "No view was opened for this job."));
    }

    private static ApiException lost(View view) {
        return view.scratchFull()
                ? ScratchFull.problem(view)
                : new ApiException(ErrorCode.VIEW_LOST, "The job's view was freed; open it again.");
    }

    /** Writes the catalog's word down, then does what follows; what cannot be done now the reaper does. */
    public void settle(SettleView word) {
        UUID committed = word.outcome().equals("committed") ? word.moment() : null;
        for (View view : views.settle(word.job(), committed, settings.keepCheckpoints())) {
            try {
                locks.with(view.source(), view.vm(), () -> {
                    operations.close(view);
                    return view;
                });
            } catch (RuntimeException e) {
                LOG.warnf("job %s: closing is left to the reaper: %s", view.job(), e.getMessage());
            }
        }
    }

    private Instant expiry() {
        return clock.instant().plus(settings.viewTtl());
    }

    private ViewInfo info(View v) {
        Source source = directory.find(v.sourceName());
        FrozenViews driver = drivers.of(source).views();
        List<ViewInfo.ViewDisk> disks = new ArrayList<>();
        for (ViewPlan.Disk d : v.plan().disks()) {
            boolean changes = d.base() != null;
            disks.add(new ViewInfo.ViewDisk(
                    d.key(),
                    d.virtualBytes(),
                    d.format(),
                    driver.endpoint(v.plan(), d),
                    changes ? driver.changedContext(d) : null,
                    d.base(),
                    v.kind() == BackupKind.FULL ? null : d.fullReason()));
        }
        return new ViewInfo(
                v.job(),
                v.moment(),
                v.fencing(),
                v.sourceName(),
                v.source(),
                v.vm(),
                v.vmName(),
                v.takenAt() == null ? v.createdAt() : v.takenAt(),
                Consistency.CRASH,
                v.vmState(),
                v.definition(),
                List.copyOf(disks),
                v.notes(),
                v.expiresAt());
    }
}
