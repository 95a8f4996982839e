package io.holdfast.snapshot.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

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
     * What the catalog's word changes. Committed: the job's oldest pending checkpoint is kept, because a job that lost a
     * view and opened another may have committed either moment, and counting from the older one is right for both. Of the
     * line (VM, vault) the newest {@code keep} stay. Pure.
     *
     * @param line all checkpoints of the job's VM and vault
     * @return those that change, in their new state
     */
    public static List<Checkpoint> settled(List<Checkpoint> line, UUID job, boolean committed, int keep) {
        List<Checkpoint> pending = line.stream()
                .filter(c -> c.job().equals(job) && c.state() == State.PENDING)
                .sorted(Comparator.comparing(Checkpoint::createdAt))
                .toList();
        List<Checkpoint> changed = new ArrayList<>();
        for (int i = 0; i < pending.size(); i++) {
            changed.add(pending.get(i).with(committed && i == 0 ? State.COMMITTED : State.DROPPING));
        }
        if (committed && !pending.isEmpty()) {
            line.stream()
                    .filter(c -> c.state() == State.COMMITTED)
                    .sorted(Comparator.comparing(Checkpoint::createdAt).reversed())
                    .skip(Math.max(0, keep - 1))
                    .forEach(c -> changed.add(c.with(State.DROPPING)));
        }
        return List.copyOf(changed);
    }
}
