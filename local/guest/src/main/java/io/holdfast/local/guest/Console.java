package io.holdfast.local.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a guest wrote to its serial console, read from the file. Only complete lines count: QEMU writes byte by byte, and
 * "COMMIT 13" may be the beginning of "COMMIT 138". Not thread-safe; a reader per thread is cheap.
 */
public final class Console {
    private static final Pattern COMMIT = Pattern.compile("(?:COMMIT|READY) (\\d{1,9})( files=\\d+)?");
    private static final Pattern TRIM = Pattern.compile("TRIM \\d{1,9}");
    private static final Pattern VERIFIED = Pattern.compile("VERIFIED (\\d{1,9}) files=(\\d{1,9}) disk2=(\\d{1,9})");
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final int MAX_BYTES = 64 << 20;

    private final Path file;

    public Console(Path file) {
        this.file = file;
    }

    /**
     * The guest's own check of everything it had committed.
     *
     * @param last last committed number on the first disk
     * @param files how many files were compared with their checksums, both disks together
     * @param lastOnSecond last committed number on the second disk: {@code last} or {@code last - 1}
     */
    public record Verified(int last, int files, int lastOnSecond) {}

    /** All complete lines so far; none when the file does not exist yet. */
    public List<String> lines() throws IOException {
        return linesFrom(0);
    }

    /** Where the file ends now: a later wait may start here to see only what comes after. */
    public long position() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** The highest number that this boot has found or made committed, 0 when it has said nothing yet. */
    public int lastCommit() throws IOException {
        return lines().stream().mapToInt(Console::commit).max().orElse(0);
    }

    /** The step after which the guest first trimmed a disk, if it did. */
    public OptionalInt firstTrim() throws IOException {
        return lines().stream()
                .filter(line -> TRIM.matcher(line).matches())
                .mapToInt(line -> number(line.substring("TRIM ".length())))
                .findFirst();
    }

    /** Waits until the guest has mounted and checked its disks and begins to write. */
    public void awaitReady(Duration timeout) throws IOException, InterruptedException, TimeoutException {
        await(0, line -> line.startsWith("READY "), "READY", timeout);
    }

    /** Waits until the guest has committed {@code number}. */
    public void awaitCommit(int number, Duration timeout) throws IOException, InterruptedException, TimeoutException {
        await(0, line -> commit(line) >= number, "COMMIT " + number, timeout);
    }

    /** Waits until the guest has committed {@code more} steps beyond its last one; returns the number reached. */
    public int awaitMore(int more, Duration timeout) throws IOException, InterruptedException, TimeoutException {
        int goal = lastCommit() + more;
        awaitCommit(goal, timeout);
        return goal;
    }

    /** Waits for the verdict of a guest in verify mode. */
    public Verified awaitVerified(Duration timeout) throws IOException, InterruptedException, TimeoutException {
        String line = await(0, text -> VERIFIED.matcher(text).matches(), "VERIFIED", timeout);
        Matcher matcher = VERIFIED.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalStateException("matched before, not now: " + line);
        }
        return new Verified(number(matcher.group(1)), number(matcher.group(2)), number(matcher.group(3)));
    }

    /**
     * Waits for a line after {@code position}.
     *
     * @throws GuestFailedException when the guest says BAD or its kernel panics
     * @throws TimeoutException naming {@code what} and the last lines seen
     */
    public String await(long position, Predicate<String> wanted, String what, Duration timeout)
            throws IOException, InterruptedException, TimeoutException {
        List<String> found = new ArrayList<>();
        boolean there = Deadline.after(timeout).until(INTERVAL, () -> {
            Optional<String> line = search(linesFrom(position), wanted);
            line.ifPresent(found::add);
            return line.isPresent();
        });
        if (!there) {
            List<String> seen = linesFrom(position);
            throw new TimeoutException("no " + what + " on " + file + " within " + timeout.toSeconds()
                    + " s; last lines: " + seen.subList(Math.max(0, seen.size() - 3), seen.size()));
        }
        return found.getFirst();
    }

    private static Optional<String> search(List<String> lines, Predicate<String> wanted) throws GuestFailedException {
        for (String line : lines) {
            if (wanted.test(line)) {
                return Optional.of(line);
            }
            if (line.startsWith("BAD ") || line.contains("Kernel panic")) {
                throw new GuestFailedException("the guest says: " + line);
            }
        }
        return Optional.empty();
    }

    private List<String> linesFrom(long position) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = Math.clamp(channel.size() - position, 0, MAX_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) > 0) {}
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            int end = text.lastIndexOf('\n');
            return end < 0
                    ? List.of()
                    : text.substring(0, end).lines().map(String::strip).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static int commit(String line) {
        Matcher matcher = COMMIT.matcher(line);
        return matcher.matches() ? number(matcher.group(1)) : 0;
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }
}
