package io.holdfast.vault.collect;

import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.Draft;
import io.holdfast.vault.chain.FenceRecord;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.Keys;
import io.holdfast.vault.format.RecordCodec;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.session.Sessions;
import io.holdfast.vault.write.VaultParts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds out which sessions are dead, and says so in the chain. Being patient only decides when to try: whether a session commits or is
 * declared dead is decided by who puts the next record of its chain.
 */
final class SessionWatch {

    private static final Duration POLL = Duration.ofSeconds(30);

    private final VaultParts vault;
    private final MonotonicClock clock;

    SessionWatch(VaultParts vault, MonotonicClock clock) {
        this.vault = vault;
        this.clock = clock;
    }

    /** Those of which nothing was heard for {@code patience}, by this machine's own clock. */
    List<Sessions.Found> silent(List<Sessions.Found> sessions, Duration patience) {
        Map<ObjectKey, Set<String>> heard = new HashMap<>();
        sessions.forEach(session -> heard.put(session.key(), signs(session)));
        List<Sessions.Found> silent = new ArrayList<>(sessions);
        long begun = clock.nanos();
        while (!silent.isEmpty()) {
            Duration left = patience.minusNanos(clock.nanos() - begun);
            if (!left.isPositive()) {
                break;
            }
            pause(left.compareTo(POLL) < 0 ? left : POLL);
            silent.removeIf(session -> !signs(session).equals(heard.get(session.key())));
        }
        return silent;
    }

    /** Declares a session dead; false when it has committed. */
    boolean fence(SessionRecord session) {
        Slot.Linked record = vault.appender().append(session.vm(), session.head(), 0, new Draft() {
            @Override
            public byte[] body(ChainLink link) {
                return RecordCodec.encode(new FenceRecord(
                        session.vm(),
                        link,
                        session.id(),
                        session.job(),
                        vault.options().clock().instant()));
            }

            @Override
            public Optional<Slot.Linked> met(Slot.Linked other, boolean counts) {
                return switch (other) {
                    case Slot.Point point
                    when counts && point.manifest().job().equals(session.job()) -> Optional.of(other);
                    case Slot.Fence fence when fence.record().session().equals(session.id()) -> Optional.of(other);
                    case Slot.Linked any -> Optional.empty();
                };
            }
        });
        return record instanceof Slot.Fence;
    }

    /** All that a session puts while it works. */
    private Set<String> signs(Sessions.Found session) {
        Set<String> signs = new HashSet<>();
        Keys.sessionId(session.key()).ifPresent(id -> {
            add(signs, Keys.journals(id));
            add(signs, Keys.beats(id));
        });
        return signs;
    }

    private void add(Set<String> signs, String prefix) {
        try (Stream<ObjectInfo> listed = vault.store().list(prefix)) {
            listed.forEach(info -> signs.add(info.key().value()));
        }
    }

    private void pause(Duration time) {
        try {
            clock.pause(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.CANCELLED, "interrupted while sessions were watched", e);
        }
    }
}
