package io.holdfast.restore.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Open vaults, shared: opening one costs half a second and 64 MiB for its passphrase. A bounded number is open at a time;
 * one that nobody uses is closed after a while. One whose store failed gets no new users, and is closed when the last has left: its
 * keys may have been changed or its share mounted anew, and what was opened does not learn of that. What opens a vault is asked from
 * the catalog and not kept. Thread-safe.
 */
public final class VaultPool implements AutoCloseable {

    private final RunnerApi catalog;
    private final VaultDoor door;
    private final int limit;
    private final LongSupplier nanos;
    private final Map<UUID, Place> places = new HashMap<>();
    private final ReadBound reads = new ReadBound();

    public VaultPool(RunnerApi catalog, VaultDoor door, int limit, LongSupplier nanos) {
        this.catalog = catalog;
        this.door = door;
        this.limit = limit;
        this.nanos = nanos;
    }

    /** One vault's place; the opening holds up only those who want the same vault. */
    private static final class Place {
        private final ReadBound.Share reads;
        // Guarded by this place.
        private @Nullable OpenVault vault;
        // Guarded by the pool.
        private int users;
        private long idleSince;
        private boolean givenUp;

        Place(ReadBound.Share reads) {
            this.reads = reads;
        }
    }

    /** A vault in use; close it when done. */
    public final class Use implements AutoCloseable {
        private final Place place;
        private final OpenVault vault;
        private boolean returned;

        private Use(Place place, OpenVault vault) {
            this.place = place;
            this.vault = vault;
        }

        public OpenVault vault() {
            return vault;
        }

        /** The bound of this vault's reads. */
        ReadBound.Share reads() {
            return place.reads;
        }

        @Override
        public void close() {
            if (!returned) {
                returned = true;
                leave(place);
            }
        }
    }

    /** The vault, opened if need be. Failures are those of the catalog and of the {@link VaultDoor}. */
    public Use acquire(UUID id) {
        Place place = enter(id);
        try {
            return new Use(place, opened(place, id));
        } catch (RuntimeException e) {
            leave(place);
            throw e;
        }
    }

    private synchronized Place enter(UUID id) {
        if (!places.containsKey(id) && places.size() >= limit) {
            closeLongestIdle();
        }
        Place place = places.computeIfAbsent(id, _ -> new Place(reads.share()));
        place.users++;
        return place;
    }

    private OpenVault opened(Place place, UUID id) {
        synchronized (place) {
            if (place.vault == null) {
                place.vault = new ReportingVault(door.open(catalog.vaultAccess(id)), () -> giveUp(id, place));
            }
            return place.vault;
        }
    }

    private synchronized void leave(Place place) {
        place.users--;
        place.idleSince = nanos.getAsLong();
        if (place.givenUp && place.users == 0) {
            close(place);
        }
    }

    /** Whoever uses it leaves it later. */
    private synchronized void giveUp(UUID id, Place place) {
        if (places.remove(id, place)) {
            place.givenUp = true;
        }
    }

    private void closeLongestIdle() {
        UUID oldest = null;
        long longest = -1;
        long now = nanos.getAsLong();
        for (var entry : places.entrySet()) {
            long idle = now - entry.getValue().idleSince;
            if (entry.getValue().users == 0 && idle > longest) {
                oldest = entry.getKey();
                longest = idle;
            }
        }
        if (oldest == null) {
            throw new ApiException(ErrorCode.UNAVAILABLE, limit + " vaults are in use at once; try again later.");
        }
        close(places.remove(oldest));
    }

    /** Closes what nobody has used for that long. */
    public synchronized void closeIdle(Duration idle) {
        long now = nanos.getAsLong();
        List<UUID> ids = new ArrayList<>(places.keySet());
        for (UUID id : ids) {
            Place place = places.get(id);
            if (place != null && place.users == 0 && now - place.idleSince >= idle.toNanos()) {
                places.remove(id);
                close(place);
            }
        }
    }

    /** How many places are taken. */
    public synchronized int size() {
        return places.size();
    }

    private static void close(@Nullable Place place) {
        if (place == null) {
            return;
        }
        synchronized (place) {
            if (place.vault != null) {
                place.vault.close();
            }
        }
    }

    @Override
    public synchronized void close() {
        places.values().forEach(VaultPool::close);
        places.clear();
    }
}
