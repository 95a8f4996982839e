package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** One line per job, redrawn in place (ECMA-48: cursor up, erase line). */
public final class LiveProgress implements ProgressView {

    private static final String ERASE_LINE = "\r\u001b[2K";

    private record Shown(String label, JobInfo job) {}

    private final PrintStream err;
    private final int columns;
    private final Map<UUID, Shown> shown = new LinkedHashMap<>();
    private int drawn;

    public LiveProgress(PrintStream err, int columns) {
        this.err = err;
        this.columns = columns;
    }

    @Override
    public synchronized void update(String label, JobInfo job) {
        shown.put(job.id(), new Shown(label, job));
        int width =
                shown.values().stream().mapToInt(s -> s.label().length()).max().orElse(0);
        StringBuilder picture = new StringBuilder();
        if (drawn > 0) {
            picture.append("\u001b[").append(drawn).append('A');
        }
        for (Shown one : shown.values()) {
            picture.append(ERASE_LINE)
                    .append(JobLine.live(one.label(), width, one.job(), columns))
                    .append('\n');
        }
        drawn = shown.size();
        err.print(picture);
        err.flush();
    }
}
