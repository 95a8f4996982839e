package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A process of this machine, told from a later one with the same number by its start time.
 *
 * @param pid process number
 * @param startTicks start time in clock ticks since boot, field 22 of {@code /proc/PID/stat} (proc(5))
 */
public record OsProcess(long pid, long startTicks) {
    private static final Path PROC = Path.of("/proc");
    private static final Duration INTERVAL = Duration.ofMillis(20);

    /** The process that has this number now; empty when there is none or it has ended and only waits for its parent. */
    public static Optional<OsProcess> of(long pid) {
        return stat(pid).filter(fields -> !ended(fields)).map(fields -> new OsProcess(pid, Long.parseLong(fields[19])));
    }

    /** What changes with every start of the machine: start times of another boot mean nothing. */
    public static String boot() {
        try {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Whether this very process still runs. */
    public boolean alive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Resident memory in bytes, 0 when it is gone. */
    public long residentBytes() {
        // Field 24, in pages; 4 KiB on every system this launcher supports.
        return stat(pid).map(fields -> Long.parseLong(fields[21]) * 4096).orElse(0L);
    }

    /** Whether a variable of the environment it was started with satisfies {@code test} (as NAME=value). */
    public boolean hasVariable(Predicate<String> test) {
        try {
            String environment = new String(Files.readAllBytes(PROC.resolve(pid + "/environ")), StandardCharsets.UTF_8);
            return Stream.of(environment.split("\0")).anyMatch(test);
        } catch (IOException e) {
            return false; // gone, or somebody else's
        }
    }

    /** Every process, except this one, that was started with such a variable. */
    public static List<OsProcess> withVariable(Predicate<String> test) throws IOException {
        List<OsProcess> found = new ArrayList<>();
        long self = ProcessHandle.current().pid();
        try (Stream<Path> entries = Files.list(PROC)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                String name = String.valueOf(entry.getFileName());
                if (name.chars().allMatch(Character::isDigit) && Long.parseLong(name) != self) {
                    of(Long.parseLong(name))
                            .filter(process -> process.hasVariable(test))
                            .ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /** Asks it to end (SIGTERM); nothing happens when it is gone. */
    public void terminate() {
        handle().ifPresent(ProcessHandle::destroy);
    }

    /** Ends it at once (SIGKILL); nothing happens when it is gone. */
    public void kill() {
        handle().ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Waits until it is gone; returns whether it is. */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return Deadline.after(timeout).until(INTERVAL, () -> !alive());
    }

    /** Ends all at once and waits up to 10 s in all until they are gone; returns those that are not. */
    public static List<OsProcess> killAll(Collection<OsProcess> processes) throws InterruptedException {
        processes.forEach(OsProcess::kill);
        Deadline deadline = Deadline.after(Duration.ofSeconds(10));
        List<OsProcess> left = new ArrayList<>();
        for (OsProcess process : processes) {
            if (!process.awaitEnd(deadline.left())) {
                left.add(process);
            }
        }
        return left;
    }

    private Optional<ProcessHandle> handle() {
        return alive() ? ProcessHandle.of(pid) : Optional.empty();
    }

    /** A killed process is a zombie before its last thread is: until then its sockets and locks are still held. */
    private static boolean ended(String[] fields) {
        return fields[0].equals("Z") && Long.parseLong(fields[17]) <= 1;
    }

    /** The fields from the third on: the second, the name, may hold blanks and parentheses. */
    private static Optional<String[]> stat(long pid) {
        try {
            String line = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1);
            return fields.length > 21 ? Optional.of(fields) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
