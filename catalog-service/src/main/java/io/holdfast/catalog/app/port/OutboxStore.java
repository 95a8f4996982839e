package io.holdfast.catalog.app.port;

import io.holdfast.catalog.domain.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages to snapshot-service, written with the change they tell of. */
public interface OutboxStore {

    /**
     * A message claimed for delivery.
     *
     * @param job whose end it tells; absent for {@code FORGET_LINE}
     * @param moment the frozen moment that the committed point holds, if it is known
     * @param vault only for {@code FORGET_LINE}
     */
    record Message(
            long id,
            UUID claim,
            Settlement kind,
            @Nullable UUID job,
            @Nullable UUID moment,
            @Nullable UUID vault,
            int tries) {

        /** Whom it is about, for the log. */
        public String about() {
            return job == null ? "vault " + vault : "job " + job;
        }
    }

    /** Tells of a job's end. */
    void add(UUID job, Settlement kind, @Nullable UUID moment);

    /** Tells that a vault's record is gone, after whatever is still to be told of the vault's jobs. */
    void addForgotten(UUID vault);

    /** Claims due messages whose jobs have ended: the oldest of each job, nobody else's. */
    List<Message> claim(int limit, Duration holdFor);

    /** Notes a delivery; nothing when the claim has passed to somebody else. */
    void delivered(Message message);

    void failed(Message message, Duration retryAfter, String error);

    /** Messages not delivered yet. */
    long depth();
}
