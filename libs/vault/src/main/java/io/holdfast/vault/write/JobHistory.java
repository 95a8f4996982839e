package io.holdfast.vault.write;

import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.chain.Slot;
import io.holdfast.vault.format.SessionRecord;
import io.holdfast.vault.session.Sessions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the sessions of a job and the chain say of it.
 *
 * @param committed the point that an attempt committed
 * @param alive its sessions that nobody declared dead
 */
record JobHistory(Optional<PointManifest> committed, List<SessionRecord> alive) {

    /** Records at the end of a chain that are looked at for a job whose sessions are gone. */
    private static final int NEWEST = 4;

    /** @throws VaultException OUTCOME_UNKNOWN: nothing was found, but an object where it may be cannot be read */
    static JobHistory of(VaultParts vault, String vm, String job) {
        List<Sessions.Found> found = vault.sessions().of(vm, job);
        List<SessionRecord> sessions =
                found.stream().flatMap(session -> session.record().stream()).toList();
        boolean allRead = sessions.size() == found.size();
        long first = sessions.stream().mapToLong(SessionRecord::head).min().orElse(0);
        long head = found.isEmpty() ? newest(vault.log().sequences(vm, 0)) : allRead ? first : 0;
        Seen seen = new Seen(job);
        Optional<VaultException> doubt = vault.log().after(vm, head, seen::record);
        if (seen.committed.isEmpty() && doubt.isPresent() && !found.isEmpty()) {
            throw doubt.get();
        }
        List<SessionRecord> alive = sessions.stream()
                .filter(session -> !seen.fenced.contains(session.id()) && session.head() >= seen.removed)
                .toList();
        return new JobHistory(seen.committed, alive);
    }

    private static long newest(List<Long> sequences) {
        return sequences.size() <= NEWEST ? 0 : sequences.get(sequences.size() - NEWEST - 1);
    }

    private static final class Seen {
        private final String job;
        private final Set<UUID> fenced = new HashSet<>();
        private Optional<PointManifest> committed = Optional.empty();
        /** The highest number of a point of the job that was removed: sessions that are older have ended with it. */
        private long removed;

        Seen(String job) {
            this.job = job;
        }

        void record(Slot.Linked record, boolean counts) {
            switch (record) {
                case Slot.Point point
                when point.manifest().job().equals(job) -> {
                    if (!counts) {
                        removed = point.manifest().sequence();
                    } else if (committed.isEmpty()) {
                        committed = Optional.of(point.manifest());
                    }
                }
                case Slot.Fence fence -> fenced.add(fence.record().session());
                case Slot.Point other -> {}
                case Slot.Removal removal -> {}
                case Slot.Gap gap -> {}
            }
        }
    }
}
