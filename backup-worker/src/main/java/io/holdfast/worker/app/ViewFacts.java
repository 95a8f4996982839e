package io.holdfast.worker.app;

import io.holdfast.api.Consistency;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.vault.PointFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the point says of the moment it was taken. */
final class ViewFacts {

    static PointFacts of(ViewInfo view, Consistency wanted, List<String> moreNotes) {
        List<String> notes = new ArrayList<>(view.notes());
        notes.addAll(moreNotes);
        if (view.consistency().compareTo(wanted) < 0) {
            notes.add("Asked for " + lower(wanted) + " consistency, got " + lower(view.consistency()) + ".");
        }
        return new PointFacts(
                view.takenAt(),
                io.holdfast.vault.Consistency.valueOf(view.consistency().name()),
                view.vmState(),
                view.definition(),
                notes,
                Optional.ofNullable(view.sourceId()));
    }

    private static String lower(Consistency consistency) {
        return consistency.name().toLowerCase(Locale.ROOT);
    }

    private ViewFacts() {}
}
