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
        this.home = home;
    }

    /** Whether a supervisor of this folder lives. Makes nothing where there is no suite. */
    public boolean isRunning() {
        if (!Files.exists(lockFile())) {
            return false;
        }
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

    private Path lockFile() {
        return home.run().resolve("supervisor.lock");
    }

    /** The right to be this folder's supervisor, held until the process ends; empty when another one has it. */
    Optional<FileChannel> tryLock() {
        try {
            FileChannel channel = new RandomAccessFile(lockFile().toFile(), "rw").getChannel();
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
     * Starts the supervisor in a session of its own and waits until the suite answers; where somebody else starts it at this
     * moment, only waits.
     *
     * @param elsewhere whether hypervisors on other machines may reach it, if the environment says how
     * @param say gets the supervisor's lines
     * @return what the suite says, and whether it was started by this call
     */
    public Started startDetached(Installation installation, boolean elsewhere, Consumer<String> say)
            throws IOException, InterruptedException {
        if (elsewhere) {
            RemoteHosts.check(System.getenv());
        }
        home.create();
        try (FileChannel starting =
                        new RandomAccessFile(home.run().resolve("up.lock").toFile(), "rw").getChannel();
                FileLock _ = starting.lock()) {
            if (isRunning()) {
                return new Started(awaitAnswer(), false);
            }
            return new Started(start(installation, elsewhere, say), true);
        }
    }

    /** What came of it: the suite, and whether it is this caller's work. */
    public record Started(SuiteFile suite, boolean fresh) {}

    /** Of a supervisor that somebody else started, which may not be done with starting. */
    private SuiteFile awaitAnswer() throws IOException, InterruptedException {
        Waiting.until(() -> Files.exists(home.suiteFile()) || !isRunning(), READY_WITHIN);
        if (!Files.exists(home.suiteFile())) {
            throw new IOException("The suite is being started, but does not answer; its logs are in " + home.logs());
        }
        return SuiteFile.of(home);
    }

    private SuiteFile start(Installation installation, boolean elsewhere, Consumer<String> say)
            throws IOException, InterruptedException {
        Files.deleteIfExists(home.suiteFile());
        Path log = home.logs().resolve("supervisor.log");
        Home.privateFile(log, "");
        List<String> command = new ArrayList<>(List.of(
                "setsid",
                Installation.java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
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
        if (!elsewhere) {
            RemoteHosts.withdraw(builder.environment());
        }
        builder.environment().put("HOLDFAST_HOME", home.root().toString());
        builder.environment().put(SocketFolder.VARIABLE, home.nbd().toString());
        // Known by it before it has its lock, whoever looks for what is left.
        builder.environment().put(ProcessLedger.MARK, home.root().toString());
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
        if (!Files.isDirectory(home.run())) {
            return false;
        }
        boolean ran = false;
        if (isRunning()) {
            ran = true;
            // Not from suite.json: a supervisor that still starts the suite has not written it.
            Json.readEntries(recordFile()).stream()
                    .flatMap(entry -> entry.find().stream())
                    .forEach(process -> ProcessLedger.end(process, STOPPED_WITHIN));
        }
        ran |= new ProcessLedger(home).anyMarked();
        Suite.endLeftovers(home);
        SocketFolder.removeDead(home.nbd());
        try {
            Files.deleteIfExists(home.suiteFile());
            Files.deleteIfExists(home.buildFile());
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
