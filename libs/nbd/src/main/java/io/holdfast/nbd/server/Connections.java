package io.holdfast.nbd.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected. A peer that was admitted keeps its place. One that has not authenticated yet holds none: as many may be
 * at the door as places inside, and then the one that came first makes way. So whoever merely holds connections open keeps
 * nobody out.
 */
final class Connections<C> {

    private final int places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Set<C> all = new HashSet<>();
    private final Deque<C> atTheDoor = new ArrayDeque<>();
    private final Set<C> inside = new HashSet<>();

    Connections(int places) {
        this.places = places;
    }

    /** A new connection is at the door; returns the one to be sent away for it. */
    @Nullable
    C arrived(C connection) {
        lock.lock();
        try {
            all.add(connection);
            C first = atTheDoor.size() < places ? null : atTheDoor.pollFirst();
            atTheDoor.addLast(connection);
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there was a place inside, and the connection had not been sent away. */
    boolean admit(C connection) {
        lock.lock();
        try {
            return atTheDoor.remove(connection) && inside.size() < places && inside.add(connection);
        } finally {
            lock.unlock();
        }
    }

    /** It has ended. */
    void left(C connection) {
        lock.lock();
        try {
            all.remove(connection);
            atTheDoor.remove(connection);
            inside.remove(connection);
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many were admitted and have not left. */
    int admitted() {
        lock.lock();
        try {
            return inside.size();
        } finally {
            lock.unlock();
        }
    }

    List<C> all() {
        lock.lock();
        try {
            return new ArrayList<>(all);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the last one left in time. */
    boolean awaitNone(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!all.isEmpty()) {
                long rest = deadline - System.nanoTime();
                if (rest <= 0 || !left.await(rest, TimeUnit.NANOSECONDS)) {
                    return all.isEmpty();
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
