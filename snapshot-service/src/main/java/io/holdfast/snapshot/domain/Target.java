package io.holdfast.snapshot.domain;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.TargetInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A restore target.
 *
 * @param inPlace id of the VM whose disks are replaced; absent for a new VM
 * @param newId id that the new VM gets, chosen before anything is made
 * @param originalSource id of the source that the point's VM was backed up on, as far as it is known
 * @param oldPaths files of the replaced disks, written down before the switch and removed after the end
 * @param made whether every volume that is not filled is there and empty
 * @param finishing whether finishing has begun
 * @param aborting whether it is to vanish; an in-place target whose VM has the new disks is finished instead
 * @param whole whether an in-place target replaces all disks of its VM that a backup can hold
 * @param start whether finishing also starts the VM
 * @param code what filling failed with, when it failed
 */
public record Target(
        UUID job,
        long fencing,
        UUID source,
        String sourceName,
        String vmName,
        @Nullable String inPlace,
        UUID newId,
        String definition,
        @Nullable String network,
        @Nullable UUID originalSource,
        TargetInfo.State state,
        List<Disk> disks,
        List<String> oldPaths,
        boolean made,
        boolean finishing,
        boolean aborting,
        boolean whole,
        boolean start,
        List<String> notes,
        @Nullable ErrorCode code,
        @Nullable String detail,
        Instant expiresAt) {

    /**
     * One volume and its pull.
     *
     * @param dataBytes about how many bytes of it will be written
     * @param started whether the pull was started in the present helper
     */
    public record Disk(
            String key, String format, Volume volume, long dataBytes, long doneBytes, boolean started, boolean filled) {

        public Disk progress(long done) {
            return new Disk(key, format, volume, dataBytes, done, started, filled);
        }

        public Disk start() {
            return new Disk(key, format, volume, dataBytes, 0, true, false);
        }

        public Disk reset() {
            return new Disk(key, format, volume, dataBytes, 0, false, false);
        }

        public Disk fill() {
            return new Disk(key, format, volume, dataBytes, volume.bytes(), true, true);
        }
    }

    /** What changes over a target's life. */
    private static final class Draft {
        private long fencing;
        private TargetInfo.State state;
        private List<Disk> disks;
        private List<String> oldPaths;
        private boolean made;
        private boolean finishing;
        private boolean aborting;
        private boolean whole;
        private boolean start;
        private List<String> notes;
        private @Nullable ErrorCode code;
        private @Nullable String detail;
        private Instant expiresAt;

        Draft(Target t) {
            fencing = t.fencing;
            state = t.state;
            disks = t.disks;
            oldPaths = t.oldPaths;
            made = t.made;
            finishing = t.finishing;
            aborting = t.aborting;
            whole = t.whole;
            start = t.start;
            notes = t.notes;
            code = t.code;
            detail = t.detail;
            expiresAt = t.expiresAt;
        }

        void say(List<String> more) {
            List<String> all = new ArrayList<>(notes);
            more.stream().filter(m -> !all.contains(m)).forEach(all::add);
            notes = List.copyOf(all);
        }
    }

    private Target edit(Consumer<Draft> how) {
        Draft d = new Draft(this);
        how.accept(d);
        return new Target(
                job,
                d.fencing,
                source,
                sourceName,
                vmName,
                inPlace,
                newId,
                definition,
                network,
                originalSource,
                d.state,
                d.disks,
                d.oldPaths,
                d.made,
                d.finishing,
                d.aborting,
                d.whole,
                d.start,
                d.notes,
                d.code,
                d.detail,
                d.expiresAt);
    }

    public Target with(TargetInfo.State next) {
        return edit(d -> {
            d.state = next;
            d.code = null;
            d.detail = null;
        });
    }

    /** Filling failed, and may be asked for again. */
    public Target failed(ErrorCode with, String why) {
        return edit(d -> {
            d.state = TargetInfo.State.FAILED;
            d.code = with;
            d.detail = why;
        });
    }

    /** Nothing of it is left; why it failed stays. */
    public Target aborted() {
        return edit(d -> d.state = TargetInfo.State.ABORTED);
    }

    public Target leased(long number, Instant until) {
        return edit(d -> {
            d.fencing = number;
            d.expiresAt = until;
        });
    }

    public Target withDisk(String key, UnaryOperator<Disk> how) {
        return edit(d -> d.disks =
                disks.stream().map(x -> x.key().equals(key) ? how.apply(x) : x).toList());
    }

    /** Every disk that is not filled starts from an empty volume again. */
    public Target unmade() {
        return edit(d -> {
            d.made = false;
            d.disks = disks.stream().map(x -> x.filled() ? x : x.reset()).toList();
        });
    }

    /** Nothing that was filled is believed any more. */
    public Target refill() {
        return edit(d -> {
            d.made = false;
            d.disks = disks.stream().map(Disk::reset).toList();
        });
    }

    public Target withMade() {
        return edit(d -> d.made = true);
    }

    /** The intent of finishing, with what it will replace. */
    public Target beginFinish(boolean andStart) {
        return edit(d -> {
            d.finishing = true;
            d.start = andStart;
        });
    }

    /** What the switch replaces. */
    public Target replacing(List<String> paths, boolean allDisks, List<String> said) {
        return edit(d -> {
            d.oldPaths = paths;
            d.whole = allDisks;
            d.say(said);
        });
    }

    public Target undoFinish() {
        return edit(d -> {
            d.finishing = false;
            d.oldPaths = List.of();
        });
    }

    /** The intent of vanishing. */
    public Target abort() {
        return edit(d -> d.aborting = true);
    }

    /** Nothing is started any more. */
    public Target withoutStart() {
        return edit(d -> d.start = false);
    }

    /** The VM is made but does not start: nothing is removed, so that nothing is lost. */
    public Target unstarted(List<String> said) {
        return edit(d -> {
            d.start = false;
            d.oldPaths = List.of();
            d.say(said);
        });
    }

    public Target noting(List<String> said) {
        return edit(d -> d.say(said));
    }

    /** The old files are gone, or said to be left. */
    public Target withoutOld(List<String> said) {
        return edit(d -> {
            d.oldPaths = List.of();
            d.say(said);
        });
    }

    public Target finished() {
        return edit(d -> {
            d.state = TargetInfo.State.FINISHED;
            d.aborting = false;
            d.code = null;
            d.detail = null;
        });
    }

    /** Whether nothing is left to be done for it. */
    public boolean ended() {
        return switch (state) {
            case FINISHED -> oldPaths.isEmpty();
            case ABORTED -> true;
            case PREPARED, FILLING, FILLED, FAILED -> false;
        };
    }

    /** Whether a job may still go on with it: it has not come to its end and is not to vanish. */
    public boolean goesOn() {
        return !aborting && state != TargetInfo.State.FINISHED && state != TargetInfo.State.ABORTED;
    }

    /** Its source is not known any more: what is left on the hypervisor stays there. */
    public Target forsaken() {
        return edit(d -> {
            d.state = state == TargetInfo.State.FINISHED ? state : TargetInfo.State.ABORTED;
            d.oldPaths = List.of();
            d.say(List.of("The source was removed before everything was cleaned up on it."));
        });
    }

    /** What a lock and the rule of one restore per VM go by: the VM that is replaced, or the name that is made. */
    public String subject() {
        return subject(inPlace, vmName);
    }

    public static String subject(@Nullable String inPlace, String vmName) {
        return inPlace == null ? "name " + vmName : inPlace;
    }

    /** The id of the VM that it becomes. */
    public String vmId() {
        return inPlace == null ? newId.toString() : inPlace;
    }
}
