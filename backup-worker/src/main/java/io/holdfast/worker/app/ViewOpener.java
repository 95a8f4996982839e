package io.holdfast.worker.app;

import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.jobs.Interrupts;
import io.holdfast.jobs.JobContext;
import io.holdfast.storage.MonotonicClock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Opens frozen views and looks after them, with patience: another job of the VM may hold it for a moment, and a restart of snapshot-service takes
 * seconds and must not cost the job its few attempts. Asking again continues what an unheard request began.
 */
public final class ViewOpener {

    private static final Logger LOG = Logger.getLogger(ViewOpener.class);

    private static final Duration BETWEEN = Duration.ofSeconds(2);
    private static final Set<ErrorCode> AGAIN = Set.of(ErrorCode.VM_BUSY, ErrorCode.UNAVAILABLE);

    private final SnapshotServiceApi views;
    private final MonotonicClock pause;
    private final Duration deadline;

    public ViewOpener(SnapshotServiceApi views, MonotonicClock pause, Duration deadline) {
        this.views = views;
        this.pause = pause;
        this.deadline = deadline;
    }

    /** Opens or continues the job's view; asks again while the VM is busy or nobody answers, until the deadline. */
    ViewInfo open(OpenView request, JobContext context) throws InterruptedException {
        return patiently(context, () -> views.openView(request));
    }

    /**
     * Has snapshot-service look whether the hypervisor still has the frozen moment, as patiently: asked after the last read,
     * any answer is about all that was read. {@code view-lost} or {@code scratch-full} when it is gone.
     */
    void observe(UUID job, JobContext context) throws InterruptedException {
        var _ = patiently(context, () -> views.observeView(job, new RenewLease(context.fencing())));
    }

    /**
     * Whether a read failed because the view is gone, and why. Asked as patiently: to end a view may be the first thing that a
     * snapshot-service does which was restarted, long before it answers.
     */
    Optional<ApiException> whyGone(UUID job, JobContext context) throws InterruptedException {
        try {
            var _ = patiently(context, () -> views.renewView(job, new RenewLease(context.fencing())));
            return Optional.empty();
        } catch (ApiException e) {
            return ViewKeeper.meansGone(e) ? Optional.of(e) : Optional.empty();
        }
    }

    private ViewInfo patiently(JobContext context, Supplier<ViewInfo> ask) throws InterruptedException {
        long started = pause.nanos();
        for (int failed = 0; ; failed++) {
            try {
                return ask.get();
            } catch (RuntimeException e) {
                Interrupts.refuse(context, e);
                boolean answered = e instanceof ApiException known && !AGAIN.contains(known.code());
                boolean late = pause.nanos() - started + BETWEEN.toNanos() > deadline.toNanos();
                if (answered || (late && e instanceof ApiException)) {
                    throw e;
                }
                if (failed == 0) {
                    LOG.infof("snapshot-service does not answer for the view, or its VM is busy; trying on: %s", e);
                }
                if (late) {
                    throw new ApiException(ErrorCode.UNAVAILABLE, "snapshot-service does not answer.", e);
                }
            }
            pause.pause(BETWEEN);
        }
    }
}
