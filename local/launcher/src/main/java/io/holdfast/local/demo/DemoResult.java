package io.holdfast.local.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the demo saw, as {@code --json} prints it.
 *
 * @param restoredInPlace whether the guest verified itself after a restore over its damaged disks
 * @param ok everything was verified
 * @param error why the demo did not come to its end
 */
record DemoResult(
        List<Point> points,
        boolean restoredInPlace,
        boolean ok,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {

    /**
     * One restore point.
     *
     * @param seconds from the frozen view to the commit
     * @param verified whether the guest, restored from it, checked every file it had committed
     */
    record Point(
            BackupKind kind,
            Consistency consistency,
            long virtualBytes,
            long readBytes,
            long storedBytes,
            double seconds,
            boolean verified) {}

    /** What was found so far. One thread. */
    static final class Findings {
        private final List<Point> points = new ArrayList<>();
        private boolean restoredInPlace;

        void add(Point point) {
            points.add(point);
        }

        void restoredInPlace(boolean verified) {
            restoredInPlace = verified;
        }

        DemoResult result(@Nullable String error) {
            boolean ok = error == null && restoredInPlace && points.stream().allMatch(Point::verified);
            return new DemoResult(List.copyOf(points), restoredInPlace, ok, error);
        }
    }
}
