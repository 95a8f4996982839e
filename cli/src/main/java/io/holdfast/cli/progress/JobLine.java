package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Progress;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One job in one line: phase, bytes, rate, ETA. */
final class JobLine {

    private static final int BAR = 20;
    /** The phase of a job that will end badly unless an earlier attempt turns out to have done it. */
    private static final String LOOK = "look";

    /** The state, or the phase while it runs. */
    static String phase(JobInfo job) {
        Progress progress = job.progress();
        if (looks(job)) {
            return "looking";
        }
        if (job.cancelRequested() && !job.state().ended()) {
            return "cancelling";
        }
        if (job.state() == JobState.RUNNING
                && progress != null
                && !progress.phase().isBlank()) {
            return Printable.text(progress.phase());
        }
        return job.state().name().toLowerCase(Locale.ROOT);
    }

    /** {@code web1: read 43%, 1.2 GiB of 2.8 GiB, 85.0 MiB/s, ETA 19s}. */
    static String plain(String label, JobInfo job) {
        List<String> parts = new ArrayList<>();
        Integer percent = percent(job);
        parts.add(phase(job) + (percent == null ? "" : " " + percent + "%"));
        parts.addAll(figures(job));
        return Printable.text(label) + ": " + String.join(", ", parts);
    }

    /** The same with a bar, cut to the terminal's width. */
    static String live(String label, int labelWidth, JobInfo job, int columns) {
        StringBuilder line = new StringBuilder(Printable.text(label));
        line.append(" ".repeat(Math.max(0, labelWidth - line.length())));
        line.append("  ").append(String.format(Locale.ROOT, "%-10s", phase(job)));
        Integer percent = percent(job);
        if (percent != null) {
            int filled = percent * BAR / 100;
            line.append(" [").append("#".repeat(filled)).append("-".repeat(BAR - filled));
            line.append(String.format(Locale.ROOT, "] %3d%%", percent));
        }
        figures(job).forEach(figure -> line.append("  ").append(figure));
        int end = Math.max(1, columns - 1);
        return line.length() <= end ? line.toString() : line.substring(0, end);
    }

    private static boolean looks(JobInfo job) {
        Progress progress = job.progress();
        return progress != null && progress.phase().equals(LOOK) && !job.state().ended();
    }

    private static List<String> figures(JobInfo job) {
        Progress progress = job.progress();
        if (looks(job)) {
            return List.of("whether an attempt had done it before it ended");
        }
        if (job.state() == JobState.QUEUED && job.error() != null) {
            return List.of("because the last attempt failed: " + Printable.text(job.error()));
        }
        if (progress == null || job.state() != JobState.RUNNING) {
            return List.of();
        }
        List<String> figures = new ArrayList<>();
        if (progress.totalBytes() > 0) {
            figures.add(Human.bytes(progress.doneBytes()) + " of " + Human.bytes(progress.totalBytes()));
        }
        if (progress.bytesPerSecond() != null) {
            figures.add(Human.bytes(progress.bytesPerSecond()) + "/s");
        }
        if (progress.etaSeconds() != null) {
            figures.add("ETA " + Human.duration(Duration.ofSeconds(progress.etaSeconds())));
        }
        if (progress.detail() != null) {
            figures.add(Printable.text(progress.detail()));
        }
        if (job.attempt() > 1) {
            figures.add("attempt " + job.attempt());
        }
        return figures;
    }

    private static @Nullable Integer percent(JobInfo job) {
        Progress progress = job.progress();
        if (progress == null || job.state() != JobState.RUNNING || progress.totalBytes() <= 0) {
            return null;
        }
        double share = (double) progress.doneBytes() / progress.totalBytes();
        return Math.clamp((long) (share * 100), 0, 100);
    }

    private JobLine() {}
}
