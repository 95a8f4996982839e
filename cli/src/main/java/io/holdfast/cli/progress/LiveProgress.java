package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * One line per job, redrawn in place at the end of what the terminal shows (ECMA-48: cursor up, erase below). A job that has
 * ended is written once more and left behind, so what is redrawn never grows with the story. While it draws the terminal does not
 * wrap (DECAWM): a window narrower than was thought cuts a line off instead of breaking the picture.
 */
public final class LiveProgress implements ProgressView {

    private static final String ERASE_BELOW = "\r\u001b[J";
    private static final String NO_WRAP = "\u001b[?7l";
    private static final String WRAP = "\u001b[?7h";

    private record Shown(String label, JobInfo job) {}

    private final PrintStream err;
    private final int columns;
    private final Map<UUID, Shown> shown = new LinkedHashMap<>();
    private final Set<UUID> ended = new HashSet<>();
    private int drawn;

    public LiveProgress(PrintStream err, int columns) {
        this.err = err;
        this.columns = columns;
    }

    @Override
    public synchronized void update(String label, JobInfo job) {
        if (ended.contains(job.id())) {
            return;
        }
        shown.put(job.id(), new Shown(label, job));
        draw("");
    }

    @Override
    public synchronized void say(String line) {
        draw(line + "\n");
    }

    /** Removes what was drawn last, prints what stays, and draws the rest below it. */
    private void draw(String said) {
        StringBuilder picture = new StringBuilder();
        if (drawn > 0) {
            picture.append("\u001b[").append(drawn).append('A').append(ERASE_BELOW);
        }
        picture.append(said).append(NO_WRAP);
        int width =
                shown.values().stream().mapToInt(s -> s.label().length()).max().orElse(0);
        shown.values().stream().filter(one -> one.job().state().ended()).forEach(one -> line(one, width, picture));
        shown.entrySet().removeIf(entry -> {
            boolean over = entry.getValue().job().state().ended();
            return over && ended.add(entry.getKey());
        });
        shown.values().forEach(one -> line(one, width, picture));
        drawn = shown.size();
        err.print(picture.append(WRAP));
        err.flush();
    }

    private void line(Shown one, int width, StringBuilder picture) {
        picture.append(JobLine.live(one.label(), width, one.job(), columns)).append('\n');
    }
}
