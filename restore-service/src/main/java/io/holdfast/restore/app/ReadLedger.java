package io.holdfast.restore.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers, per running job, the first read that found the point damaged. Thread-safe. */
public final class DamageLedger {

    private final Map<UUID, String> first = new ConcurrentHashMap<>();
    private final AtomicLong total = new AtomicLong();

    /** A read of this disk's range found damage. */
    void damaged(UUID job, String disk, long offset, long length, String what) {
        total.incrementAndGet();
        first.putIfAbsent(job, "Disk " + disk + ", bytes " + offset + " to " + (offset + length) + ": " + what);
    }

    /** Fails with {@code point-damaged} when any read of the job found damage. */
    void refuseDamaged(UUID job) {
        String damage = first.get(job);
        if (damage != null) {
            throw new ApiException(ErrorCode.POINT_DAMAGED, damage);
        }
    }

    /** Forgets a job. */
    void forget(UUID job) {
        first.remove(job);
    }

    /** How many reads found damage since the start. */
    public long total() {
        return total.get();
    }
}
