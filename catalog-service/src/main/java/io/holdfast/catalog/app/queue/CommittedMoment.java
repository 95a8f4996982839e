package io.holdfast.catalog.app.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.domain.Settlement;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which frozen moment a committed point holds, from the result of its job. */
final class CommittedMoment {

    private CommittedMoment() {}

    /** Nothing when the result does not say: then no checkpoint is promoted, and the next backup reads more than it had to. */
    static @Nullable UUID of(Settlement kind, @Nullable JsonNode result) {
        if (kind != Settlement.SETTLE_COMMITTED || result == null) {
            return null;
        }
        try {
            return UUID.fromString(result.path("moment").asText(""));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
