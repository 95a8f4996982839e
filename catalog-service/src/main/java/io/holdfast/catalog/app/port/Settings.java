package io.holdfast.catalog.app.port;

import io.holdfast.catalog.domain.Backoff;
import io.holdfast.catalog.domain.QueueDepth;
import java.time.Duration;

/**
 * The numbers the use cases go by.
 *
 * @param lease how long a job stays a runner's without a heartbeat
 * @param attempts how many attempts may fail or expire before the job does
 * @param retry waits between attempts
 * @param lookFor how long it is tried to look whether a job that ends badly had succeeded after all
 * @param keysKept how long an idempotency key is remembered
 * @param outbox waits between deliveries of one message
 * @param outboxHold how long a claimed message stays one replica's; longer than the deadline of the call
 */
public record Settings(
        Duration lease,
        int attempts,
        Backoff retry,
        QueueDepth.Limits limits,
        Duration lookFor,
        Duration keysKept,
        Backoff outbox,
        Duration outboxHold) {}
