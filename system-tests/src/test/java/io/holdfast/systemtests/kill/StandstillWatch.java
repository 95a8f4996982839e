package io.holdfast.systemtests.kill;

import io.holdfast.local.guest.Virsh;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Measures for how long at a stretch a guest is paused for want of room: between two events of the hypervisor. One client
 * waits for them; asking again and again would take the processor from those who have to let the guest go on.
 */
final class StandstillWatch implements AutoCloseable {

    private final Process events;
    private final Thread reader;
    /** When this standstill began; 0 while the guest runs. */
    private long since;

    private long longestNanos;

    /** Of a running guest. */
    StandstillWatch(Virsh virsh, String guest) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                "virsh", "-q", "-c", virsh.uri(), "event", "--domain", guest, "--event", "lifecycle", "--loop"));
        builder.environment().put("LC_ALL", "C");
        builder.redirectErrorStream(true);
        events = builder.start();
        reader = Thread.ofVirtual().name("standstill").start(this::read);
    }

    private void read() {
        try (BufferedReader lines = events.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(line, System.nanoTime());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void note(String event, long now) {
        if (event.contains("Suspended I/O Error")) {
            since = since == 0 ? now : since;
        } else if (event.contains("Resumed")) {
            longestNanos = longestAt(now);
            since = 0;
        }
    }

    private long longestAt(long now) {
        return since == 0 ? longestNanos : Math.max(longestNanos, now - since);
    }

    /** Whether it stands still, or ever did. */
    synchronized boolean stoodStill() {
        return since != 0 || longestNanos > 0;
    }

    /** A standstill that has not ended lasts until now. */
    synchronized Duration longest() {
        return Duration.ofNanos(longestAt(System.nanoTime()));
    }

    @Override
    public void close() {
        events.destroyForcibly();
        reader.interrupt();
    }
}
