package io.holdfast.local.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Leaves nothing behind, whether the demo ends by itself or by Ctrl-C or SIGTERM. While something still starts processes, a list
 * of those to end is old before it is read: so the story is stopped first, and only then is the ground cleared.
 */
final class CleanUp {

    /** What the story waits for ends at once when it is interrupted; a guest's last process takes some seconds. */
    private static final Duration STORY_ENDS = Duration.ofSeconds(20);

    private final DemoGround ground;
    private final PrintStream err;
    private final Thread story = Thread.currentThread();
    private final CountDownLatch told = new CountDownLatch(1);
    private volatile boolean asked;
    private boolean done;

    CleanUp(DemoGround ground, PrintStream err) {
        this.ground = ground;
        this.err = err;
    }

    /** For the case that the process is asked to end. */
    Thread hook() {
        return new Thread(
                () -> {
                    if (!isDone()) {
                        asked = true;
                        err.println("holdfast: the demo is ended; removing what it made takes some seconds");
                        story.interrupt();
                        awaitStory();
                        clear();
                    }
                },
                "demo-clear");
    }

    /** Whether the process was asked to end: it will, as soon as the ground is cleared. */
    boolean asked() {
        return asked;
    }

    /** The story is over, however it went: it starts nothing more. */
    void storyIsOver() {
        told.countDown();
    }

    /** Leaves everything as it is. */
    synchronized void keep() {
        done = true;
    }

    /** Clears the ground, once; false when something is left. */
    synchronized boolean clear() {
        if (done) {
            return true;
        }
        done = true;
        try {
            ground.clear();
            return true;
        } catch (IOException | UncheckedIOException e) {
            err.println("holdfast: not everything could be removed; the next demo tries again: " + e.getMessage());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            done = false; // the hook goes on
            return false;
        }
    }

    private synchronized boolean isDone() {
        return done;
    }

    private void awaitStory() {
        try {
            var _ = told.await(STORY_ENDS.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
