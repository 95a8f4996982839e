package io.holdfast.catalog.domain;

import io.holdfast.api.job.JobEnd.Made;
import io.holdfast.api.job.JobKind;
import org.jspecify.annotations.Nullable;

/**
 * Whether a job may have made its point or its VM without the catalog knowing: the commit is outside, and an attempt may die
 * between the commit and its word. A pure rule.
 */
final class Doubt {

    /** After an attempt that ended with this word, or with none. */
    static boolean after(Job job, @Nullable Made word) {
        if (job.kind() != JobKind.BACKUP && job.kind() != JobKind.RESTORE) {
            return false;
        }
        return switch (word) {
            case NOTHING -> false;
            case NOTHING_BY_THIS_ATTEMPT -> job.doubtful();
            case PERHAPS -> true;
            case null -> true;
        };
    }

    private Doubt() {}
}
