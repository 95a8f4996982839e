package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.output.Report;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Finds points in a vault as people name them, and says aloud what cannot be read on the way. */
final class PointSearch {

    private static final int LEAST_TYPED = 6;

    private final Vault vault;
    private final Report report;
    private int unreadable;

    PointSearch(Vault vault, Report report) {
        this.vault = vault;
        this.report = report;
    }

    /** Points of a machine by name or id, or of all; oldest first. */
    List<FoundPoint> all(@Nullable String vm) {
        List<FoundPoint> points = new ArrayList<>();
        for (String id : vault.vms()) {
            List<FoundPoint> ofOne = new ArrayList<>();
            vault.eachPoint(id, point -> ofOne.add(FoundPoint.of(point)), sequence -> warn(id, sequence));
            if (vm == null
                    || id.equals(vm)
                    || ofOne.stream().anyMatch(point -> point.vmName().equals(vm))) {
                points.addAll(ofOne);
            }
        }
        for (String prefix : vault.unreadableMachines()) {
            unreadable++;
            report.note("warning: below " + prefix + " are points of a machine of which none can be read.");
        }
        points.sort(Comparator.comparing(FoundPoint::takenAt));
        return points;
    }

    /** Whether everything that was looked through could be read. */
    boolean sawAll() {
        return unreadable == 0;
    }

    private void warn(String vm, long sequence) {
        unreadable++;
        report.note("warning: point number " + sequence + " of " + vm
                + " is damaged, cannot be read, or was not written with this vault's keys.");
    }

    /** The one point whose id begins so. Errors: {@code point-not-found}, {@code invalid-request}. */
    FoundPoint find(String typed) {
        if (typed.length() < LEAST_TYPED) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST,
                    "Type at least the first " + LEAST_TYPED + " characters of the point's id.");
        }
        List<FoundPoint> found = all(null).stream()
                .filter(point -> point.id().toString().startsWith(typed))
                .toList();
        if (found.isEmpty()) {
            throw new ApiException(
                    ErrorCode.POINT_NOT_FOUND,
                    "The vault has no point " + typed
                            + (unreadable == 0
                                    ? "."
                                    : ", as far as it can be read: it may be one of those named above."));
        }
        if (found.size() > 1) {
            throw new ApiException(
                    ErrorCode.INVALID_REQUEST, found.size() + " points begin with " + typed + ": type more of it.");
        }
        return found.getFirst();
    }

    /** The manifest of the point whose id begins so. */
    PointManifest one(String typed) {
        return manifest(find(typed));
    }

    PointManifest manifest(FoundPoint found) {
        return vault.point(found.id(), found.vm(), OptionalLong.of(found.head().sequence()))
                .orElseThrow(() -> new ApiException(ErrorCode.POINT_NOT_FOUND, "Point " + found.id() + " is gone."));
    }
}
