package io.holdfast.testkit.proxy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One scripted stop of a {@link HoldingProxy}: when the bytes of {@code pattern} pass from client to server for the n-th
 * time, either that request or its reply is withheld until {@link #release()} or {@link #cut()}.
 */
public final class Hold {

    /** Which half of the exchange is withheld. */
    public enum Side {
        /** The server never sees the request. */
        REQUEST,
        /** The server acts on the request, the client waits for the reply. */
        REPLY,
        /** The pattern is looked for in what the server says; the client does not get to see it. */
        ANSWER
    }

    private final byte[] pattern;
    private final Side side;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private int remaining;
    private volatile boolean cut;

    Hold(byte[] pattern, int nth, Side side) {
        if (pattern.length == 0 || nth < 1) {
            throw new IllegalArgumentException("a hold needs a pattern and nth >= 1");
        }
        this.pattern = pattern.clone();
        this.remaining = nth;
        this.side = side;
    }

    byte[] pattern() {
        return pattern;
    }

    Side side() {
        return side;
    }

    /** Counts one sighting; true exactly once, at the n-th. */
    synchronized boolean sighted() {
        return --remaining == 0;
    }

    /** Says that the moment is there and waits for the test's word; false when the connection is to be cut. */
    boolean stop() throws InterruptedException {
        reached.countDown();
        released.await();
        return !cut;
    }

    /** Whether the moment came within {@code deadline}. */
    public boolean awaitReached(Duration deadline) throws InterruptedException {
        return reached.await(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Whether the moment has come. */
    public boolean isReached() {
        return reached.getCount() == 0;
    }

    /** Lets the withheld bytes pass. */
    public void release() {
        released.countDown();
    }

    /** Closes the held connection without letting the bytes pass. */
    public void cut() {
        cut = true;
        released.countDown();
    }
}
