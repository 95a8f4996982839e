package io.holdfast.local.suite;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one process alive: started again when it ends, after a pause that doubles from 0.2 s to 10 s. The pause starts anew
 * after a life of 1 min, or of 10 s that a signal ended: whoever ends by himself was not well for as long as that may take.
 * One thread of its own; the methods may be called by any.
 */
final class SupervisedProcess {

    private static final long FIRST_PAUSE_MS = 200;
    private static final long LONGEST_PAUSE_MS = 10_000;
    private static final long STABLE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long STABLE_IF_KILLED_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** A process that a signal ended has an exit code above this. */
    private static final int SIGNALLED = 128;

    private static final long LARGEST_LOG_BYTES = 20L << 20;
    private static final Duration LOG_LOOK = Duration.ofSeconds(30);

    private final ProcessSpec spec;
    private final Home home;
    private final ProcessLedger ledger;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopAsked = lock.newCondition();
    private boolean stopping;
    private int starts;
    private ProcessLedger.@Nullable Entry current;
    private @Nullable Process process;

    SupervisedProcess(ProcessSpec spec, Home home, ProcessLedger ledger) {
        this.spec = spec;
        this.home = home;
        this.ledger = ledger;
    }

    String name() {
        return spec.name();
    }

    /** Starts it and keeps it alive from now on; fails when it cannot even be started once. */
    void start() throws IOException {
        launch();
        Thread.ofPlatform().daemon().name("keep-" + spec.name()).start(this::keep);
    }

    /** The process that runs now, if one does. */
    @Nullable
    ProcessHandle running() {
        lock.lock();
        try {
            return process != null && process.isAlive() ? process.toHandle() : null;
        } finally {
            lock.unlock();
        }
    }

    /** How often it was started, the first time included. */
    int starts() {
        lock.lock();
        try {
            return starts;
        } finally {
            lock.unlock();
        }
    }

    /** Ends it: asks, waits up to {@code grace}, kills. */
    void stop(Duration grace) {
        Process last;
        lock.lock();
        try {
            stopping = true;
            stopAsked.signalAll();
            last = process;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            ProcessLedger.end(last.toHandle(), grace);
            forget();
        }
    }

    private void keep() {
        long pause = FIRST_PAUSE_MS;
        try {
            while (true) {
                long since = System.nanoTime();
                Process running = process;
                while (running != null && !running.waitFor(LOG_LOOK)) {
                    trimLog();
                }
                forget();
                boolean killed = running != null && running.exitValue() > SIGNALLED;
                if (System.nanoTime() - since > (killed ? STABLE_IF_KILLED_NANOS : STABLE_NANOS)) {
                    pause = FIRST_PAUSE_MS;
                }
                if (stoppedWithin(pause)) {
                    return;
                }
                pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
                try {
                    launch();
                } catch (IOException | UncheckedIOException e) { // a full disk, say: it may have room again later
                    note("cannot be started: " + e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void launch() throws IOException {
        lock.lock();
        try {
            if (stopping) {
                return;
            }
            starts++;
            Process fresh = builder().start();
            process = fresh;
            current = ProcessLedger.Entry.of(spec.name(), fresh.toHandle());
            ledger.add(current);
        } finally {
            lock.unlock();
        }
    }

    private ProcessBuilder builder() throws IOException {
        Path log = log();
        trimLog();
        if (!Files.exists(log)) {
            Home.privateFile(log, "");
        }
        ProcessBuilder builder = new ProcessBuilder(spec.command())
                .directory(spec.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        if (!spec.stdinHeld()) {
            builder.redirectInput(Redirect.from(new File("/dev/null")));
        }
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("HOME", home.root().toString());
        environment.put("HOLDFAST_HOME", home.root().toString());
        // A dead socket of one libvirt is no reason for libvirt's client to start another.
        environment.put("LIBVIRT_AUTOSTART", "0");
        environment.put(ProcessLedger.MARK, home.root().toString());
        environment.putAll(spec.environment());
        return builder;
    }

    private Path log() {
        return home.logs().resolve(spec.name() + ".log");
    }

    /** Copies a long log aside and empties it in place: the process goes on appending to the same file. */
    void trimLog() {
        Path log = log();
        try {
            if (Files.exists(log) && Files.size(log) > LARGEST_LOG_BYTES) {
                Path earlier = log.resolveSibling(spec.name() + ".log.1");
                Files.copy(log, earlier, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                FileChannel.open(log, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        } catch (IOException e) {
            note("its log cannot be shortened: " + e.getMessage());
        }
    }

    private boolean stoppedWithin(long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!stopping && left > 0) {
                left = stopAsked.awaitNanos(left);
            }
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        lock.lock();
        try {
            if (current != null && current.find().isEmpty()) {
                ledger.remove(current);
                current = null;
            }
        } catch (UncheckedIOException e) {
            // An entry too many is harmless: who reads it finds no such process.
            note("its end cannot be recorded: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void note(String text) {
        System.err.println("holdfast: " + spec.name() + " " + text);
    }
}
