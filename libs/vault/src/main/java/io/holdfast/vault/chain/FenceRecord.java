package io.holdfast.vault.chain;

import java.time.Instant;
import java.util.UUID;

/**
 * Says that a session is dead: whoever still writes in its name cannot commit behind this record.
 *
 * @param session the session's id
 * @param job its job
 * @param at when it was written, for people
 */
public record FenceRecord(String vm, ChainLink link, UUID session, String job, Instant at) implements ChainRecord {}
