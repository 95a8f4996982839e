package io.holdfast.local.suite;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The process that keeps a suite alive, seen from outside: started detached from the terminal, one per state folder (a file
 * lock says so, and is gone with the process, however it dies).
 */
public final class Supervisor {

    /** Starting four JVMs and a database takes some 15 s; a slow machine gets ten times that. */
    private static final Duration READY_WITHIN = Duration.ofMinutes(3);

    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(90);

    private final Home home;

    public Supervisor(Home home) {
        this.home = home.create();
    }

    /** Whether a supervisor of this folder lives. */
    public boolean isRunning() {
        Optional<FileChannel> lock = tryLock();
        lock.ifPresent(Supervisor::release);
        return lock.isEmpty();
    }

    /** The same, with patience for somebody who only looked whether the lock is free. */
    Optional<FileChannel> lock() throws InterruptedException {
        List<FileChannel> got = new ArrayList<>();
        Waiting.until(
                () -> {
                    tryLock().ifPresent(got::add);
                    return !got.isEmpty();
                },
                Duration.ofSeconds(2));
        return got.stream().findFirst();
    }

    /** Records this process as the folder's supervisor. */
    void announce() {
        Json.write(recordFile(), List.of(ProcessLedger.Entry.of("supervisor", ProcessHandle.current())));
    }

    private Path recordFile() {
        return home.run().resolve("supervisor.json");
    }

    /** The right to be this folder's supervisor, held until the process ends; empty when another one has it. */
    Optional<FileChannel> tryLock() {
        try {
            FileChannel channel =
                    new RandomAccessFile(home.run().resolve("supervisor.lock").toFile(), "rw").getChannel();
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(channel);
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock the state folder " + home.root(), e);
        }
    }

    private static void release(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the supervisor in a session of its own and waits until the suite answers.
     *
     * @param say gets the supervisor's lines
     */
    public SuiteFile startDetached(Installation installation, Consumer<String> say)
            throws IOException, InterruptedException {
        Files.deleteIfExists(home.suiteFile());
        Path log = home.logs().resolve("supervisor.log");
        Home.privateFile(log, "");
        List<String> command = new ArrayList<>(List.of(
                "setsid",
                Installation.java(),
                "-XX:+UseSerialGC",
                "-Xmx96m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dholdfast.root=" + installation.root(),
                "-cp",
                Installation.ownClassPath(),
                "io.holdfast.local.Main",
                "supervise"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.root().toFile())
                .redirectInput(Redirect.from(new java.io.File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().put("HOLDFAST_HOME", home.root().toString());
        Process process = builder.start();
        LogTail tail = new LogTail(log, say);
        boolean over = Waiting.until(
                () -> {
                    tail.poll();
                    return Files.exists(home.suiteFile()) || !process.isAlive();
                },
                READY_WITHIN);
        tail.poll();
        if (!over || !Files.exists(home.suiteFile())) {
            ProcessLedger.end(process.toHandle(), STOPPED_WITHIN);
            throw new IOException("The suite did not start; its logs are in " + home.logs());
        }
        return SuiteFile.of(home);
    }

    /** Ends the supervisor and with it the suite; also ends what a killed supervisor left. True when something ran. */
    public boolean stop() {
        boolean ran = false;
        if (isRunning()) {
            ran = true;
            // Not from suite.json: a supervisor that still starts the suite has not written it.
            Json.readEntries(recordFile()).stream()
                    .flatMap(entry -> entry.find().stream())
                    .forEach(process -> ProcessLedger.end(process, STOPPED_WITHIN));
        }
        ran |= new ProcessLedger(home).all().stream().anyMatch(e -> e.find().isPresent());
        Suite.endLeftovers(home);
        try {
            Files.deleteIfExists(home.suiteFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ran;
    }

    /** Passes on the complete lines that were added to a file since the last look. One thread. */
    private static final class LogTail {
        private final Path file;
        private final Consumer<String> say;
        private int seen;

        LogTail(Path file, Consumer<String> say) {
            this.file = file;
            this.say = say;
        }

        void poll() {
            try {
                String text = Files.readString(file);
                int end = text.lastIndexOf('\n') + 1;
                if (end > seen) {
                    text.substring(seen, end).lines().forEach(say);
                    seen = end;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
