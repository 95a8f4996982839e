package io.holdfast.jobs;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Lets a bounded number of attempts in until it is closed; whoever waits at it learns of the closing at once. */
final class Turnstile {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final RunnerTime time;
    private int free;
    private final int places;
    private boolean closed;

    Turnstile(int places, RunnerTime time) {
        this.places = places;
        this.free = places;
        this.time = time;
    }

    /** Waits for a place and takes it; false when closed. */
    boolean enter() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (free == 0 && !closed) {
                changed.await();
            }
            if (closed) {
                return false;
            }
            free--;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a place back. */
    void leave() {
        lock.lock();
        try {
            free++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits that long, or until closed. */
    void pause(Duration duration) throws InterruptedException {
        waitUntil(duration, () -> closed);
    }

    /** Waits that long at most for every place to be free; answers whether they are. */
    boolean awaitEmpty(Duration atMost) throws InterruptedException {
        return waitUntil(atMost, () -> free == places);
    }

    private boolean waitUntil(Duration atMost, BooleanSupplier reached) throws InterruptedException {
        var timer = new Timer();
        var scheduled = time.after(atMost, timer);
        lock.lockInterruptibly();
        try {
            while (!reached.getAsBoolean() && !timer.rang) {
                changed.await();
            }
            return reached.getAsBoolean();
        } finally {
            lock.unlock();
            scheduled.cancel();
        }
    }

    /** Rings once. */
    private final class Timer implements Runnable {
        private boolean rang;

        @Override
        public void run() {
            lock.lock();
            try {
                rang = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
