package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Lines for a log: one when a job's phase changes, and one every ten seconds meanwhile. */
public final class PlainProgress implements ProgressView {

    private static final Duration QUIET = Duration.ofSeconds(10);

    private record Said(String phase, Instant at) {}

    private final PrintStream err;
    private final InstantSource clock;
    private final Map<UUID, Said> said = new HashMap<>();

    public PlainProgress(PrintStream err, InstantSource clock) {
        this.err = err;
        this.clock = clock;
    }

    @Override
    public synchronized void say(String line) {
        err.println(line);
        err.flush();
    }

    @Override
    public synchronized void update(String label, JobInfo job) {
        Instant now = clock.instant();
        String phase = JobLine.phase(job);
        Said before = said.get(job.id());
        boolean quiet = before != null
                && before.phase().equals(phase)
                && Duration.between(before.at(), now).compareTo(QUIET) < 0;
        if (!quiet) {
            said.put(job.id(), new Said(phase, now));
            err.println(JobLine.plain(label, job));
            err.flush();
        }
    }
}
