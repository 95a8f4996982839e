package io.holdfast.vault;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.vault.session.Beats;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a vault is collected.
 *
 * @param dryRun only look
 * @param patience how long nothing must be heard of a session that is in the way, until it is declared dead; empty: never, such packs
 *     are kept
 * @param despiteDamage collect although manifests are missing or cannot be read: what only those need is lost for good
 * @param known the newest record of each VM, as far as it is remembered outside the vault
 * @param clock measures patience
 * @param waiting told, before it waits, for which sessions
 */
public record CollectOptions(
        boolean dryRun,
        Optional<Duration> patience,
        boolean despiteDamage,
        Map<String, ChainHead> known,
        MonotonicClock clock,
        Consumer<List<CollectReport.Unfinished>> waiting) {

    /** Several of the signs of life that a backup gives: 15 minutes. */
    public static final Duration PATIENCE = Beats.EVERY.multipliedBy(5);

    public CollectOptions {
        known = Map.copyOf(known);
    }

    /** Waits for nobody and declares nobody dead. */
    public static CollectOptions defaults() {
        return new CollectOptions(false, Optional.empty(), false, Map.of(), MonotonicClock.system(), sessions -> {});
    }
}
