package io.holdfast.jobs;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Time that passes only when a test says so. */
final class SteppedTime implements RunnerTime {

    private record Task(long at, long order, Runnable action) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private long now = 1_000_000_000_000L;
    private long order;
    private boolean closed;

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized Scheduled after(Duration delay, Runnable action) {
        var task = new Task(now + delay.toNanos(), order++, action);
        tasks.add(task);
        return () -> drop(task);
    }

    private synchronized void drop(Task task) {
        tasks.remove(task);
    }

    /** Lets time pass, running what falls due in its order. */
    void advance(Duration duration) {
        long end = nanos() + duration.toNanos();
        for (Task due = next(end); due != null; due = next(end)) {
            due.action().run();
        }
    }

    /** Time passes, but the timer does not ring, as when the process was stopped. */
    synchronized void jump(Duration duration) {
        now += duration.toNanos();
    }

    private synchronized @Nullable Task next(long end) {
        Task first = tasks.peek();
        if (closed || first == null || first.at() > end) {
            now = end;
            return null;
        }
        now = Math.max(now, first.at());
        return tasks.poll();
    }

    synchronized boolean closed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        tasks.clear();
    }
}
