package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;

/**
 * Keeps looking at a pool apart from making volumes in it. While anybody allocates or uploads a volume, libvirt refuses to
 * refresh the pool ("has asynchronous jobs running"), so that two restores at once would fail each other: here makers share
 * the pool, and who wants to look waits for them. Where a file system has no fallocate a volume is made for minutes, so that
 * nobody waits longer than a call to the hypervisor may take. A maker of another program is not seen; the job's next attempt
 * is for that. Thread-safe.
 */
final class PoolGate {

    /** Less than the shortest deadline of a call: who waited in vain gives its thread back. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** By the pool's UUID; a hypervisor has few pools, so that none is ever removed. */
    private static final ConcurrentMap<String, PoolGate> POOLS = new ConcurrentHashMap<>();

    // Fair: makers that keep coming do not shut out the one who looks.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    private final AtomicLong beingMade = new AtomicLong();

    private PoolGate() {}

    /** What is done to a pool. */
    interface Work<T> {
        T run() throws LibvirtException;
    }

    /** Allocates so many bytes of a volume, or fills one, at the same time as others. */
    static <T> T making(StoragePool pool, long bytes, Work<T> work) throws LibvirtException {
        PoolGate gate = of(pool);
        Lock shared = gate.lock.readLock();
        shared.lock();
        try {
            gate.beingMade.addAndGet(bytes);
            return work.run();
        } finally {
            gate.beingMade.addAndGet(-bytes);
            shared.unlock();
        }
    }

    /** Has libvirt look at the pool's files anew; {@code unavailable} while a volume is made for long. */
    static void refresh(StoragePool pool) throws LibvirtException {
        Lock alone = of(pool).lock.writeLock();
        try {
            if (!alone.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ApiException(
                        ErrorCode.UNAVAILABLE,
                        "Volumes are being made in the storage pool " + pool.getName() + "; try again.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ErrorCode.UNAVAILABLE, "The service is stopping; try again.", e);
        }
        refresh(pool, alone);
    }

    /** The same if nobody makes a volume just now; whether it did. */
    static boolean tryRefresh(StoragePool pool) throws LibvirtException {
        Lock alone = of(pool).lock.writeLock();
        if (!alone.tryLock()) {
            return false;
        }
        refresh(pool, alone);
        return true;
    }

    private static void refresh(StoragePool pool, Lock held) throws LibvirtException {
        try {
            pool.refresh(0);
        } finally {
            held.unlock();
        }
    }

    /** Bytes of volumes that are being made, which libvirt counts when they are there. */
    static long beingMade(StoragePool pool) throws LibvirtException {
        return of(pool).beingMade.get();
    }

    private static PoolGate of(StoragePool pool) throws LibvirtException {
        return POOLS.computeIfAbsent(pool.getUUIDString(), id -> new PoolGate());
    }
}
