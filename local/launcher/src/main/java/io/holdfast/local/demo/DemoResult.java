package io.holdfast.local.demo;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import java.util.List;

/**
 * What the demo saw, as {@code --json} prints it.
 *
 * @param restoredInPlace whether the guest verified itself after a restore over its damaged disks
 * @param ok everything was verified
 */
record DemoResult(List<Point> points, boolean restoredInPlace, boolean ok) {

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
}
