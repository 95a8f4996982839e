package io.holdfast.snapshot.libvirt;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.libvirt.LibvirtException;
import org.libvirt.StoragePool;

/**
 * Keeps looking at a pool apart from making volumes in it. While anybody allocates or uploads a volume, libvirt refuses to
 * refresh the pool ("has asynchronous jobs running"), so that two restores at once would fail each other: here makers share
 * the pool, and who wants to look waits for them. A maker of another program is not seen; the job's next attempt is for that.
 * Thread-safe.
 */
final class PoolGate {

    /** By the pool's UUID; a hypervisor has few pools, so that none is ever removed. */
    private static final ConcurrentMap<String, ReentrantReadWriteLock> POOLS = new ConcurrentHashMap<>();

    private PoolGate() {}

    /** What is done to a pool. */
    interface Work<T> {
        T run() throws LibvirtException;
    }

    /** Allocates or fills a volume, at the same time as others. */
    static <T> T making(StoragePool pool, Work<T> work) throws LibvirtException {
        var lock = lock(pool).readLock();
        lock.lock();
        try {
            return work.run();
        } finally {
            lock.unlock();
        }
    }

    /** Has libvirt look at the pool's files anew. */
    static void refresh(StoragePool pool) throws LibvirtException {
        var lock = lock(pool).writeLock();
        lock.lock();
        try {
            pool.refresh(0);
        } finally {
            lock.unlock();
        }
    }

    private static ReentrantReadWriteLock lock(StoragePool pool) throws LibvirtException {
        // Fair: makers that keep coming do not shut out the one who looks.
        return POOLS.computeIfAbsent(pool.getUUIDString(), id -> new ReentrantReadWriteLock(true));
    }
}
