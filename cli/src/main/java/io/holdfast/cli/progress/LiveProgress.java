package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * One line per job, redrawn in place (ECMA-48: cursor up, erase line). While it draws the terminal does not wrap (DECAWM):
 * a window narrower than was thought cuts a line off instead of breaking the picture.
 */
public final class LiveProgress implements ProgressView {

    private static final String ERASE_LINE = "\r\u001b[2K";
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

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
        StringBuilder picture = new StringBuilder(NO_WRAP);
        if (drawn > 0) {
            picture.append("\u001b[").append(drawn).append('A');
        }
        for (Shown one : shown.values()) {
            picture.append(ERASE_LINE)
                    .append(JobLine.live(one.label(), width, one.job(), columns))
                    .append('\n');
        }
        drawn = shown.size();
        err.print(picture.append(WRAP));
        err.flush();
    }
}
