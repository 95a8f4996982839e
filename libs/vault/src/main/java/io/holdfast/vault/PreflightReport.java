package io.holdfast.vault;

import java.util.List;

/**
 * Whether what a point needs is there.
 *
 * @param packs how many packs the point needs
 * @param damages what is missing or damaged. At most 1000 of them: the look ends there, so of a disk that is not named then
 *     nothing is known
 */
public record PreflightReport(int packs, List<Damage> damages) {

    public PreflightReport {
        damages = List.copyOf(damages);
    }

    /** One pack that cannot be used, or whose map nodes cannot, and a disk that needs it. */
    public record Damage(VaultException.Kind kind, String object, String disk, String message) {}

    /** Whether every pack is there and opens. */
    public boolean ok() {
        return damages.isEmpty();
    }
}
