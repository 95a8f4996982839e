package io.holdfast.storage.faulty;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.Operation;
import io.holdfast.storage.StorageException.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** One line of a {@link FaultyObjectStore}'s script. Safe for any number of threads. */
public final class ScriptedFault {

    private final Operation operation;
    private final Predicate<String> keys;
    private final int first;
    private final int last;
    private final FaultAction action;
    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch hit = new CountDownLatch(1);

    ScriptedFault(Operation operation, Predicate<String> keys, int first, int last, FaultAction action) {
        this.operation = operation;
        this.keys = keys;
        this.first = first;
        this.last = last;
        this.action = action;
    }

    /** Whether it was hit at least once. */
    public boolean wasHit() {
        return hit.getCount() == 0;
    }

    /** Waits until it is hit; false when {@code time} passed first. */
    public boolean awaitHit(Duration time) throws InterruptedException {
        return hit.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    FaultAction action() {
        return action;
    }

    /** Counts the call if it is one of those meant, and tells whether it is to be hit. */
    boolean strikes(Operation called, String key) {
        if (called != operation || !keys.test(key)) {
            return false;
        }
        int number = calls.incrementAndGet();
        boolean strikes = number >= first && number <= last;
        if (strikes) {
            hit.countDown();
        }
        return strikes;
    }

    @Override
    public String toString() {
        String which = last == Integer.MAX_VALUE ? "from call " + first : "calls " + first + " to " + last;
        return operation + " " + which + ": " + action.getClass().getSimpleName() + " (" + calls + " calls so far)";
    }

    /** The first half of a line: which calls. Every method narrows it further. */
    public static final class Calls {
        private final FaultyObjectStore store;
        private final Operation operation;
        private final Predicate<String> keys;
        private final int first;
        private final int last;

        Calls(FaultyObjectStore store, Operation operation, Predicate<String> keys, int first, int last) {
            this.store = store;
            this.operation = operation;
            this.keys = keys;
            this.first = first;
            this.last = last;
        }

        /** Only calls whose key (of a listing: prefix) passes; only they are counted. */
        public Calls forKeys(Predicate<String> wanted) {
            return new Calls(store, operation, keys.and(wanted), first, last);
        }

        /** Only calls of this key. */
        public Calls forKey(ObjectKey key) {
            return forKeys(key.value()::equals);
        }

        /** Only the call of this number, from 1. */
        public Calls nth(int number) {
            return between(number, number);
        }

        /** Only the calls of these numbers, from 1, both included. */
        public Calls between(int from, int to) {
            return new Calls(store, operation, keys, from, to);
        }

        /** The calls fail with this kind and never reach the store. */
        public ScriptedFault fail(Kind kind) {
            return add(new FaultAction.Fail(kind));
        }

        /** The calls are done, then their reply is lost. */
        public ScriptedFault thenLoseReply() {
            return add(new FaultAction.LoseReply());
        }

        /** Half of the body is cut off: of what a get answers, or of what a put stores (a store that lies). */
        public ScriptedFault truncate() {
            return add(new FaultAction.Damage(body -> Arrays.copyOf(body, body.length / 2)));
        }

        /** One bit in the middle is flipped: of what a get answers, or of what a put stores. */
        public ScriptedFault flipBit() {
            return add(new FaultAction.Damage(FaultAction::flipped));
        }

        /** The calls wait, before they reach the store, until {@code release} is counted down. */
        public ScriptedFault hold(CountDownLatch release) {
            return add(new FaultAction.Hold(release));
        }

        /** {@code act} runs on the caller's thread before the call reaches the store. */
        public ScriptedFault before(Runnable act) {
            return add(new FaultAction.Before(act));
        }

        /** {@code act} runs on the caller's thread after the call was done and before its reply is given. */
        public ScriptedFault after(Runnable act) {
            return add(new FaultAction.After(act));
        }

        private ScriptedFault add(FaultAction action) {
            ScriptedFault fault = new ScriptedFault(operation, keys, first, last, action);
            store.add(fault);
            return fault;
        }
    }
}
