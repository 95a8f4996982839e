package io.holdfast.vault;

import java.util.List;

/**
 * What a verification of a point found.
 *
 * @param point the point
 * @param verifiedBytes bytes of data whose identity was recomputed; what was verified with the point beside it does not count again
 * @param damages what is missing or damaged, by disk and offset
 * @param complete whether all that was asked for was looked at: after {@link #MOST_DAMAGES} damages it ends
 */
public record VerifyReport(PointManifest point, long verifiedBytes, List<Damage> damages, boolean complete) {

    /** More are not told. */
    public static final int MOST_DAMAGES = 1000;

    public VerifyReport {
        damages = List.copyOf(damages);
    }

    /**
     * A range of a disk that cannot be restored.
     *
     * @param object key of the object at fault
     */
    public record Damage(String disk, Range range, VaultException.Kind kind, String object, String message) {}

    /** Whether everything that was looked at is right. */
    public boolean ok() {
        return damages.isEmpty();
    }
}
