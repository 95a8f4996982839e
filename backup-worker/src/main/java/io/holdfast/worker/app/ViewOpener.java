package io.holdfast.worker.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.storage.MonotonicClock;
import java.time.Duration;

/** Opens frozen views, with patience: another job of the VM may hold it for a moment. */
public final class ViewOpener {

    private static final Duration BETWEEN = Duration.ofSeconds(2);

    private final SnapshotServiceApi views;
    private final MonotonicClock pause;
    private final Duration deadline;

    public ViewOpener(SnapshotServiceApi views, MonotonicClock pause, Duration deadline) {
        this.views = views;
        this.pause = pause;
        this.deadline = deadline;
    }

    /** Opens or continues the job's view; tries again while the VM is busy, until the deadline. */
    ViewInfo open(OpenView request) throws InterruptedException {
        long started = pause.nanos();
        while (true) {
            try {
                return views.openView(request);
            } catch (ApiException e) {
                boolean late = pause.nanos() - started + BETWEEN.toNanos() > deadline.toNanos();
                if (e.code() != ErrorCode.VM_BUSY || late) {
                    throw e;
                }
            }
            pause.pause(BETWEEN);
        }
    }
}
