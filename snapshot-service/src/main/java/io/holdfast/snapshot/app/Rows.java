package io.holdfast.snapshot.app;

import io.holdfast.api.target.TargetInfo;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.Woken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The service's rows. Each method is one transaction. Thread-safe. */
public final class Rows {

    /** Sources. */
    public interface Sources {
        List<Source> all();

        Optional<Source> byName(String name);

        Optional<Source> byId(UUID id);

        /** Error: {@code source-exists}. */
        void add(Source source);

        void state(UUID id, String state, String detail);

        /** Error: {@code source-in-use} when something has begun on it that goes on. */
        void remove(UUID id);
    }

    /** What guarding guests takes of views. */
    public interface Guarded {
        List<View> unclosed();

        /** Reads, changes and writes under a row lock; answers what is stored now. */
        View change(UUID moment, UnaryOperator<View> how);
    }

    /** Views, one row per moment. */
    public interface Views extends Guarded {
        /** The job's live view. */
        Optional<View> live(UUID job);

        /** The job's newest view, live or not. */
        Optional<View> newest(UUID job);

        /** Errors: {@code vm-busy} when the VM has a live view, {@code job-ended} after the catalog's word. */
        void insert(View view, Optional<Checkpoint> pending);

        /** Gives an opening up: its checkpoint drops and it closes. A view that is to end already ends as it was told. */
        View giveUp(UUID moment);

        /**
         * The catalog's word in one transaction: checkpoints change, all the job's views close, and no other is opened
         * for it any more, also when it never had one.
         *
         * @param committed the moment that is in the vault; absent: none is
         */
        List<View> settle(UUID job, @Nullable UUID committed, int keep);
    }

    /** Jobs the catalog has spoken its last word about. What comes late for them is refused. */
    public interface JobEnds {
        boolean ended(UUID job);

        /** Forgets those that ended before this moment; nothing of them is under way any more. */
        int forgetBefore(Instant moment);
    }

    /** Checkpoints. */
    public interface Checkpoints {
        List<Checkpoint> line(UUID source, String vm, UUID vault);

        List<Checkpoint> ofVm(UUID source, String vm);

        List<Checkpoint> all();

        /** Nobody needs the checkpoints of this vault any more; answers how many. */
        int dropLine(UUID vault);

        /** The same for a VM. */
        int dropOfVm(UUID source, String vm);

        void remove(UUID moment);

        void removeOfVm(UUID source, String vm);
    }

    /** Snapshots. */
    public interface SnapshotRows {
        List<Snapshot> ofVm(UUID source, String vm);

        List<Snapshot> all();

        void insert(Snapshot snapshot);

        void update(Snapshot snapshot);

        /** Removes one; its children become its parent's. */
        void remove(UUID id);

        /** The same as the outcome of a job, which is remembered for a month. */
        void delete(UUID id, UUID job, Instant at);

        /** Whether a snapshot was removed as this job's outcome. */
        boolean deletedBy(UUID job);

        void removeOfVm(UUID source, String vm);
    }

    /** VMs that are started only because a snapshot is worked on. */
    public interface WokenVms {
        Optional<Woken> of(UUID source, String vm);

        List<Woken> all();

        /** Written before the start (no run yet) and after it. */
        void put(Woken woken);

        void remove(UUID source, String vm);
    }

    /** Targets. */
    public interface Targets {
        Optional<Target> byJob(UUID job);

        /** All that are remembered, also those that ended. */
        List<Target> all();

        /** Those for which something is left to be done. */
        List<Target> open();

        /** How many are remembered. */
        Map<TargetInfo.State, Long> counts();

        /** Forgets those that ended before this moment. */
        int forgetBefore(Instant moment);

        /** Errors: {@code job-ended} after the catalog's word, {@code source-not-found} when its source was removed. */
        void insert(Target target);

        /** The catalog's word that the job ended: no target is opened for it any more, also when it never had one. */
        void end(UUID job);

        /** Reads, changes and writes under a row lock; answers what is stored now. */
        Target change(UUID job, UnaryOperator<Target> how);

        void remove(UUID job);
    }

    /** Checks of sources that run, or were cut off. */
    public interface Checks {
        /** One check. */
        record Check(UUID id, UUID source) {}

        List<Check> all();

        void begin(Check check);

        void end(UUID id);
    }

    private Rows() {}
}
