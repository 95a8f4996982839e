package io.holdfast.cli.direct;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Progress;
import io.holdfast.cli.progress.ProgressView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells how far the work of this process is, as if it were a job of the suite: phase, bytes, rate, ETA. Thread-safe. */
final class DirectProgress {

    private static final Duration REDRAW = Duration.ofMillis(250);
    /** A rate is that of the last seconds; its anchor moves on this often. */
    private static final Duration ANCHOR = Duration.ofSeconds(5);

    private final ProgressView view;
    private final InstantSource clock;
    private final String label;
    private final String phase;
    private final long totalBytes;
    private final UUID id = UUID.randomUUID();
    private final Instant started;
    private long doneBytes;
    private Instant told = Instant.EPOCH;
    private Instant anchor;
    private long anchorBytes;
    private @Nullable Long rate;

    DirectProgress(ProgressView view, InstantSource clock, String label, String phase, long totalBytes) {
        this.view = view;
        this.clock = clock;
        this.label = label;
        this.phase = phase;
        this.totalBytes = totalBytes;
        this.started = clock.instant();
        this.anchor = started;
    }

    /** So many bytes more are dealt with. */
    synchronized void add(long bytes) {
        at(doneBytes + bytes);
    }

    /** So many bytes are dealt with. */
    synchronized void at(long bytes) {
        doneBytes = bytes;
        Instant now = clock.instant();
        if (Duration.between(told, now).compareTo(REDRAW) >= 0) {
            told = now;
            measure(now);
            view.update(label, job(JobState.RUNNING, now));
        }
    }

    /** What is shown last and left behind. */
    synchronized void done() {
        view.update(label, job(JobState.SUCCEEDED, clock.instant()));
    }

    double seconds() {
        return Duration.between(started, clock.instant()).toMillis() / 1000.0;
    }

    private void measure(Instant now) {
        Duration since = Duration.between(anchor, now);
        if (since.compareTo(Duration.ofSeconds(1)) >= 0) {
            rate = (doneBytes - anchorBytes) * 1000 / since.toMillis();
        }
        if (since.compareTo(ANCHOR) >= 0) {
            anchor = now;
            anchorBytes = doneBytes;
        }
    }

    private JobInfo job(JobState state, Instant now) {
        Long perSecond = rate;
        Long eta = perSecond == null || perSecond <= 0 ? null : (totalBytes - doneBytes) / perSecond;
        Progress progress = new Progress(phase, Math.min(doneBytes, totalBytes), totalBytes, null, perSecond, eta);
        return new JobInfo(
                id,
                JobKind.BACKUP,
                state,
                label,
                null,
                null,
                1,
                false,
                progress,
                null,
                null,
                null,
                "",
                started,
                started,
                state.ended() ? now : null);
    }
}
