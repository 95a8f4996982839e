package io.holdfast.restore.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.restore.domain.CoveredRanges;
import io.holdfast.vault.Range;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, for each job that runs in this process, which bytes of its disks this process has read right from the vault, and
 * the first read that found damage. What another replica serves is not in it. Thread-safe.
 */
public final class ReadLedger {

    /** Ranges remembered of one disk: about 1 MiB at most. A pull from start to end leaves one. */
    private static final int MOST_RANGES = 10_000;

    private final Map<UUID, Entry> running = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong damaged = new AtomicLong();

    /** One job's. */
    private static final class Entry {
        // Guarded by this.
        private final Map<String, CoveredRanges> disks = new HashMap<>();
        private @Nullable String damage;
        private long answers;

        synchronized void right(String disk, long offset, long length) {
            answers++;
            disks.computeIfAbsent(disk, _ -> new CoveredRanges(MOST_RANGES)).add(offset, length);
        }

        synchronized long answers() {
            return answers;
        }

        synchronized void damaged(String what) {
            damage = damage == null ? what : damage;
        }

        synchronized @Nullable String damage() {
            return damage;
        }

        synchronized List<Range> missing(String disk, long offset, long length) {
            return disks.getOrDefault(disk, new CoveredRanges(0)).missing(offset, length);
        }
    }

    /** Begins to remember what is read for a job, from nothing. */
    void begin(UUID job) {
        running.put(job, new Entry());
    }

    /** Forgets a job. */
    void forget(UUID job) {
        running.remove(job);
    }

    /** These bytes of the disk were read for a client and are what was backed up. */
    void served(UUID job, String disk, long offset, long length) {
        bytes.addAndGet(length);
        right(job, disk, offset, length);
    }

    /** These bytes are right: read, or zeros by the disk's authenticated map. */
    void right(UUID job, String disk, long offset, long length) {
        Entry entry = running.get(job);
        if (entry != null) {
            entry.right(disk, offset, length);
        }
    }

    /** A read of this disk's range found damage. */
    void damaged(UUID job, String disk, long offset, long length, String what) {
        damaged.incrementAndGet();
        Entry entry = running.get(job);
        if (entry != null) {
            entry.damaged("Disk " + disk + ", bytes " + offset + " to " + (offset + length) + ": " + what);
        }
    }

    /** Fails with {@code point-damaged} when any read of the job found damage. */
    void refuseDamaged(UUID job) {
        Entry entry = running.get(job);
        String damage = entry == null ? null : entry.damage();
        if (damage != null) {
            throw new ApiException(ErrorCode.POINT_DAMAGED, damage);
        }
    }

    /** What of the range this process has not read right, in order. */
    List<Range> missing(UUID job, String disk, long offset, long length) {
        Entry entry = running.get(job);
        return entry == null ? List.of(new Range(offset, length)) : entry.missing(disk, offset, length);
    }

    /** Grows with whatever this process answers for the job. */
    long answers(UUID job) {
        Entry entry = running.get(job);
        return entry == null ? 0 : entry.answers();
    }

    /** Bytes of data served since the start; holes are not counted. */
    public long bytesServed() {
        return bytes.get();
    }

    /** How many reads found damage since the start. */
    public long damagedReads() {
        return damaged.get();
    }
}
