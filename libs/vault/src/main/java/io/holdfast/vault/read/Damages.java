package io.holdfast.vault.read;

import io.holdfast.vault.Range;
import io.holdfast.vault.VerifyReport.Damage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Damages as people read them: in the order of the disk, neighbours of one object in one. */
final class Damages {

    static List<Damage> merged(List<Damage> found) {
        List<Damage> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparing(Damage::disk)
                .thenComparingLong(damage -> damage.range().offset()));
        List<Damage> merged = new ArrayList<>();
        for (Damage next : sorted) {
            Damage last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && continues(last, next)) {
                Range both = new Range(
                        last.range().offset(), next.range().end() - last.range().offset());
                merged.set(
                        merged.size() - 1, new Damage(last.disk(), both, last.kind(), last.object(), last.message()));
            } else {
                merged.add(next);
            }
        }
        return merged;
    }

    private static boolean continues(Damage last, Damage next) {
        return last.disk().equals(next.disk())
                && last.range().end() == next.range().offset()
                && last.kind() == next.kind()
                && last.object().equals(next.object());
    }

    private Damages() {}
}
