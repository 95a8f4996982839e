package io.holdfast.catalog.app.port;

import io.holdfast.catalog.domain.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Messages to snapshot-service, written with the change they tell of. */
public interface OutboxStore {

    /** A message claimed for delivery. */
    record Message(long id, UUID claim, UUID job, Settlement kind, int tries) {}

    void add(UUID job, Settlement kind);

    /** Claims due messages whose jobs have ended: the oldest of each job, nobody else's. */
    List<Message> claim(int limit, Duration holdFor);

    /** Notes a delivery; nothing when the claim has passed to somebody else. */
    void delivered(Message message);

    void failed(Message message, Duration retryAfter, String error);

    /** Messages not delivered yet. */
    long depth();
}
