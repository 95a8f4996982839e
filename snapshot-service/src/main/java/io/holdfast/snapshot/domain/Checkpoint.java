package io.holdfast.snapshot.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The hypervisor-side mark from which changes are counted, one per (VM, vault, point, moment).
 *
 * @param name libvirt's name of it
 */
public record Checkpoint(
        UUID moment,
        UUID job,
        UUID source,
        String vm,
        UUID vault,
        UUID point,
        String name,
        State state,
        Instant createdAt) {

    /** Whether its point is in the vault. */
    public enum State {
        /** The point is not known to be committed. */
        PENDING,
        /** The point is in the vault: changes may be counted from here. */
        COMMITTED,
        /** Nobody needs it; it goes as soon as the VM lets it go. */
        DROPPING
    }

    public Checkpoint with(State next) {
        return new Checkpoint(moment, job, source, vm, vault, point, name, next, createdAt);
    }

    /**
     * What the catalog's word changes. Only the checkpoint of the very moment that was committed is kept: a job may have
     * taken several, and counting from another one would miss writes. Of the line (VM, vault) the newest {@code keep}
     * stay. Pure.
     *
     * @param line all checkpoints of the job's VM and vault
     * @param committed the moment that is in the vault; absent: none is
     * @return those that change, in their new state
     */
    public static List<Checkpoint> settled(List<Checkpoint> line, UUID job, @Nullable UUID committed, int keep) {
        List<Checkpoint> pending = line.stream()
                .filter(c -> c.job().equals(job) && c.state() == State.PENDING)
                .toList();
        List<Checkpoint> changed = new ArrayList<>();
        boolean promoted = false;
        for (Checkpoint c : pending) {
            boolean kept = c.moment().equals(committed);
            promoted |= kept;
            changed.add(c.with(kept ? State.COMMITTED : State.DROPPING));
        }
        if (promoted) {
            line.stream()
                    .filter(c -> c.state() == State.COMMITTED)
                    .sorted(Comparator.comparing(Checkpoint::createdAt).reversed())
                    .skip(Math.max(0, keep - 1))
                    .forEach(c -> changed.add(c.with(State.DROPPING)));
        }
        return List.copyOf(changed);
    }
}
