package io.holdfast.vault;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether what a point needs is there.
 *
 * @param packs how many packs the point needs
 * @param damages what is missing or damaged. At most 1000 of them: the look ends there, so of a disk that is not named then
 *     nothing is known
 */
public record PreflightReport(int packs, List<Damage> damages) {

    /** The look ends after so many. */
    public static final int MOST_DAMAGES = 1000;

    public PreflightReport {
        damages = List.copyOf(damages);
    }

    /** One pack that cannot be used, or whose map nodes cannot, and a disk that needs it. */
    public record Damage(VaultException.Kind kind, String object, String disk, String message) {}

    /**
     * The first damage that touches any of these disks. A pack that several disks need is told once, for any of them; where the look
     * ended early any damage counts, since nothing is known of the other disks then.
     */
    public Optional<Damage> damageOf(List<PointManifest.Disk> disks) {
        Set<String> keys = disks.stream().map(PointManifest.Disk::key).collect(Collectors.toSet());
        Set<String> needed = disks.stream()
                .flatMap(disk -> disk.packs().stream())
                .map(PointManifest.PackUse::id)
                .collect(Collectors.toSet());
        return damages.stream()
                .filter(damage -> damages.size() >= MOST_DAMAGES
                        || keys.contains(damage.disk())
                        || needed.stream().anyMatch(damage.object()::contains))
                .findFirst();
    }

    /** Whether every pack is there and opens. */
    public boolean ok() {
        return damages.isEmpty();
    }
}
