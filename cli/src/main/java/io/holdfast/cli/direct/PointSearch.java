package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds points in a vault as people name them. */
final class PointSearch {

    private static final int LEAST_TYPED = 6;

    private final Vault vault;

    PointSearch(Vault vault) {
        this.vault = vault;
    }

    /** Points of a machine by name or id, or of all; oldest first. Error: {@code vm-not-found}. */
    List<PointManifest> all(@Nullable String vm) {
        List<PointManifest> points = new ArrayList<>();
        for (String id : vault.vms()) {
            List<PointManifest> ofOne = vault.points(id);
            if (vm == null
                    || id.equals(vm)
                    || ofOne.stream().anyMatch(point -> point.vmName().equals(vm))) {
                points.addAll(ofOne);
            }
        }
        if (points.isEmpty() && vm != null) {
            throw new ApiException(ErrorCode.VM_NOT_FOUND, "The vault has no point of a machine " + vm + ".");
        }
        points.sort(Comparator.comparing(PointManifest::takenAt));
        return points;
    }

    /** The one point whose id begins so. Errors: {@code point-not-found}, {@code invalid-request}. */
    PointManifest one(String typed) {
        if (typed.length() < LEAST_TYPED) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Type at least the first " + LEAST_TYPED + " characters of the point's id.");
        }
        List<PointManifest> found = all(null).stream()
                .filter(point -> point.id().toString().startsWith(typed))
                .toList();
        if (found.isEmpty()) {
            throw new ApiException(ErrorCode.POINT_NOT_FOUND, "The vault has no point " + typed + ".");
        }
        if (found.size() > 1) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, found.size() + " points begin with " + typed + ": type more of it.");
        }
        return found.getFirst();
    }
}
