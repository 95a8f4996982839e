package io.holdfast.local.suite;

import io.holdfast.local.guest.OsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Every process the suite started and has not seen end, by pid and start time: a pid alone may belong to somebody else by now.
 * Written before a part is used, so that a supervisor that was killed leaves nothing that the next one cannot find.
 * Thread-safe.
 */
final class ProcessLedger {

    /**
     * One process. The clock ticks since boot at which it started tell it from a later one with the same pid; {@code started}
     * is for people only, because it moves when somebody sets the clock.
     */
    record Entry(String name, long pid, long startTicks, String boot, Instant started) {

        static Entry of(String name, ProcessHandle process) {
            long ticks = OsProcess.of(process.pid()).map(OsProcess::startTicks).orElse(-1L);
            Instant started = process.info().startInstant().orElse(Instant.EPOCH);
            return new Entry(name, process.pid(), ticks, OsProcess.boot(), started);
        }

        /** The process itself, if it still lives. */
        Optional<ProcessHandle> find() {
            return boot.equals(OsProcess.boot()) && new OsProcess(pid, startTicks).alive()
                    ? ProcessHandle.of(pid)
                    : Optional.empty();
        }
    }

    /** In the environment of every process of a suite, and nowhere else: finds one whose entry was not written any more. */
    static final String MARK = "HOLDFAST_SUITE";

    private static final int ROUNDS = 20;

    private final String mark;
    private final Path file;
    private final List<Entry> entries = new ArrayList<>();

    ProcessLedger(Home home) {
        this.mark = MARK + "=" + home.root();
        this.file = home.run().resolve("processes.json");
        entries.addAll(Json.readEntries(file));
    }

    synchronized void add(Entry entry) {
        entries.add(entry);
        Json.write(file, entries);
    }

    synchronized void remove(Entry entry) {
        entries.remove(entry);
        Json.write(file, entries);
    }

    synchronized List<Entry> all() {
        return List.copyOf(entries);
    }

    /**
     * Ends what is still alive, last started first: asks, waits up to {@code grace} for each, then kills; then kills whatever
     * carries the mark and has no entry.
     */
    void endAll(Duration grace) {
        for (Entry entry : all().reversed()) {
            entry.find().ifPresent(process -> end(process, grace));
            remove(entry);
        }
        endUnrecorded();
    }

    /** Whether a process of this suite, other than this one, lives. */
    boolean anyMarked() {
        return !marked().isEmpty();
    }

    /**
     * A supervisor that was killed between a start and its entry leaves a process that only its environment gives away. One that
     * is killed here may have started another since the list was made: so until a list is empty.
     */
    private void endUnrecorded() {
        try {
            List<OsProcess> left = marked();
            for (int round = 0; !left.isEmpty() && round < ROUNDS; round++) {
                OsProcess.killAll(left);
                left = marked();
            }
            if (!left.isEmpty()) {
                throw new UncheckedIOException(new IOException("these processes of the suite do not end: "
                        + left.stream().map(OsProcess::pid).toList()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<OsProcess> marked() {
        try {
            return OsProcess.withVariable(mark::equals);
        } catch (IOException e) {
            throw new UncheckedIOException("the processes of this machine cannot be listed", e);
        }
    }

    /** Asks a process to end, waits up to {@code grace}, then kills it and its children. */
    static void end(ProcessHandle process, Duration grace) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        if (!endsWithin(process, grace)) {
            process.destroyForcibly();
            endsWithin(process, Duration.ofSeconds(10));
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private static boolean endsWithin(ProcessHandle process, Duration grace) {
        try {
            process.onExit().get(grace.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for process " + process.pid() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
