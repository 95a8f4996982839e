package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** One operation at a time per VM. Thread-safe. */
public final class VmLocks {

    private final ConcurrentHashMap<String, Entry> locks = new ConcurrentHashMap<>();
    private final Duration patience;

    private static final class Entry {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;
    }

    /** Runs under a lock. */
    public interface Body<T> {
        T run();
    }

    public VmLocks(Duration patience) {
        this.patience = patience;
    }

    /** Runs when nobody else works on the VM; {@code vm-busy} when that takes too long. */
    public <T> T with(UUID source, String vm, Body<T> body) {
        String key = source + "/" + vm;
        Entry entry = enter(key);
        try {
            if (!entry.lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ApiException(ErrorCode.VM_BUSY, "Another operation on this VM is still running; try again.");
            }
            try {
                return body.run();
            } finally {
                entry.lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, "The service is stopping; try again.", e);
        } finally {
            leave(key);
        }
    }

    /** Runs if nobody works on the VM just now; whether it did. */
    public boolean ifFree(UUID source, String vm, Runnable body) {
        String key = source + "/" + vm;
        Entry entry = enter(key);
        try {
            if (!entry.lock.tryLock()) {
                return false;
            }
            try {
                body.run();
                return true;
            } finally {
                entry.lock.unlock();
            }
        } finally {
            leave(key);
        }
    }

    private Entry enter(String key) {
        Entry found = locks.compute(key, (k, old) -> {
            Entry entry = old == null ? new Entry() : old;
            entry.users++;
            return entry;
        });
        return java.util.Objects.requireNonNull(found);
    }

    private void leave(String key) {
        locks.computeIfPresent(key, (k, entry) -> {
            entry.users--;
            return entry.users == 0 ? null : entry;
        });
    }
}
