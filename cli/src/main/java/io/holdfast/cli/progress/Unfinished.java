package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import io.holdfast.cli.output.Printable;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the process would leave open if it ended now: jobs somebody waits for, and words that must not be lost, such as a
 * recovery key that is shown once. Told by a shutdown hook, so also after Ctrl-C. Thread-safe.
 */
public final class Unfinished {

    private final Map<UUID, String> jobs = new LinkedHashMap<>();
    private final Map<Long, Runnable> words = new LinkedHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /** Something that is open until it is closed. */
    public interface Open extends AutoCloseable {
        @Override
        void close();
    }

    /** A job that is waited for. */
    public synchronized Open job(String label, JobInfo job) {
        jobs.put(job.id(), label);
        return () -> {
            synchronized (this) {
                jobs.remove(job.id());
            }
        };
    }

    /** To be run if the process ends before the answer is closed. */
    public synchronized Open lastWords(Runnable say) {
        long number = numbers.incrementAndGet();
        words.put(number, say);
        return () -> {
            synchronized (this) {
                words.remove(number);
            }
        };
    }

    /** Says what is open, once. */
    public synchronized void tell(PrintStream err) {
        words.values().forEach(Runnable::run);
        words.clear();
        jobs.forEach((id, label) -> {
            err.println();
            err.println("holdfast: the job of " + Printable.text(label) + " goes on without this terminal.");
            err.println("  watch it:   holdfast job watch " + id);
            err.println("  cancel it:  holdfast job cancel " + id);
        });
        jobs.clear();
        err.flush();
    }
}
