package io.holdfast.restore.vault;

import io.holdfast.vault.PointManifest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of a vault that were used last: each connection of a hypervisor asks for one, and they never change. Bounded in
 * number and in memory; one that is larger than all of that is not kept. Thread-safe.
 */
final class KeptManifests {

    private static final int MOST = 16;
    private static final long MOST_BYTES = 1 << 20;

    /** About what a line of a pack table takes in memory. */
    private static final long PACK = 160;

    private final Map<UUID, PointManifest> kept = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** The manifest of this point, read when it is not kept; one that is not there is asked for again. */
    Optional<PointManifest> get(UUID point, Supplier<Optional<PointManifest>> read) {
        PointManifest known = known(point);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<PointManifest> found = read.get();
        found.ifPresent(manifest -> keep(point, manifest));
        return found;
    }

    private synchronized @Nullable PointManifest known(UUID point) {
        return kept.get(point);
    }

    /** Takes one that was just read. */
    synchronized void keep(UUID point, PointManifest manifest) {
        PointManifest before = kept.put(point, manifest);
        bytes += weight(manifest) - (before == null ? 0 : weight(before));
        Iterator<PointManifest> oldest = kept.values().iterator();
        while (oldest.hasNext() && (kept.size() > MOST || bytes > MOST_BYTES)) {
            bytes -= weight(oldest.next());
            oldest.remove();
        }
    }

    private static long weight(PointManifest manifest) {
        long packs =
                manifest.disks().stream().mapToLong(disk -> disk.packs().size()).sum();
        return 4096 + 2L * manifest.definition().length() + packs * PACK;
    }
}
