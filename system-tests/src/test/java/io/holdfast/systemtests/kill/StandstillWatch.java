package io.holdfast.systemtests.kill;

import io.holdfast.local.guest.Virsh;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Measures for how long at a stretch a guest is paused for want of room. */
final class StandstillWatch implements AutoCloseable {

    private static final long EVERY_MILLIS = 50;

    private final Virsh virsh;
    private final String guest;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("standstill").factory());
    /** When this standstill was first seen; 0 while the guest runs. */
    private long since;

    private long longestNanos;

    StandstillWatch(Virsh virsh, String guest) {
        this.virsh = virsh;
        this.guest = guest;
        var _ = timer.scheduleWithFixedDelay(this::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            boolean still = virsh.run("domstate", guest, "--reason").contains("I/O error");
            note(still, System.nanoTime());
        } catch (IOException e) {
            // Whoever cannot ask does not know: the standstill that was seen last goes on.
            note(since() != 0, System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized long since() {
        return since;
    }

    private synchronized void note(boolean still, long now) {
        if (since != 0) {
            longestNanos = Math.max(longestNanos, now - since);
        }
        since = still ? (since == 0 ? now : since) : 0;
    }

    /** Whether it stands still, or ever did. */
    synchronized boolean stoodStill() {
        return since != 0 || longestNanos > 0;
    }

    synchronized Duration longest() {
        return Duration.ofNanos(longestNanos);
    }

    @Override
    public void close() {
        timer.close();
    }
}
