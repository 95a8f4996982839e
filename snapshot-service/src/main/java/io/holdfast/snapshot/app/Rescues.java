package io.holdfast.snapshot.app;

import static io.holdfast.snapshot.app.Quietly.quietly;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is being done for guests that stand still, by whichever watch of this process, so that none of it is done twice at
 * a time: a libvirt job is ended without saying which, and between two who end it another may have begun. Thread-safe.
 */
public final class Rescues {

    private final Set<UUID> busy = ConcurrentHashMap.newKeySet();
    private final AtomicLong ended = new AtomicLong();

    /** How many views were ended because scratch ran full. */
    public long ended() {
        return ended.get();
    }

    void count() {
        ended.incrementAndGet();
    }

    /** One at a time per key: a slow one is not waited for. */
    void beside(UUID key, String what, Runnable work) {
        if (busy.add(key)) {
            Thread.ofVirtual().name("scratch-" + key).start(() -> {
                try {
                    quietly(what, work);
                } finally {
                    busy.remove(key);
                }
            });
        }
    }
}
