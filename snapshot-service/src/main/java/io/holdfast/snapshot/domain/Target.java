package io.holdfast.snapshot.domain;

import io.holdfast.api.target.TargetInfo;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A restore target.
 *
 * @param inPlace id of the VM whose disks are replaced; absent for a new VM
 * @param newId id that the new VM gets, chosen before anything is made
 * @param oldPaths files of the replaced disks, written down before the switch
 * @param finishing whether finishing has begun: from here on it is finished, not aborted
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
        TargetInfo.State state,
        List<Disk> disks,
        List<String> oldPaths,
        boolean finishing,
        List<String> notes,
        @Nullable String detail,
        Instant expiresAt) {

    /**
     * One volume and its pull.
     *
     * @param started whether the pull was started in the present helper
     */
    public record Disk(String key, String format, Volume volume, long doneBytes, boolean started, boolean filled) {

        public Disk progress(long done) {
            return new Disk(key, format, volume, done, started, filled);
        }

        public Disk start() {
            return new Disk(key, format, volume, 0, true, false);
        }

        public Disk reset() {
            return new Disk(key, format, volume, 0, false, false);
        }

        public Disk fill() {
            return new Disk(key, format, volume, volume.bytes(), true, true);
        }
    }

    public Target with(TargetInfo.State next, @Nullable String why) {
        return copy(fencing, next, disks, oldPaths, finishing, notes, why, expiresAt);
    }

    public Target withDisks(List<Disk> next) {
        return copy(fencing, state, next, oldPaths, finishing, notes, detail, expiresAt);
    }

    public Target leased(long number, Instant until) {
        return copy(number, state, disks, oldPaths, finishing, notes, detail, until);
    }

    public Target beginFinish(List<String> replaced) {
        return copy(fencing, state, disks, replaced, true, notes, detail, expiresAt);
    }

    public Target withNotes(List<String> said) {
        return copy(fencing, state, disks, oldPaths, finishing, said, detail, expiresAt);
    }

    public Target undoFinish() {
        return copy(fencing, state, disks, oldPaths, false, notes, detail, expiresAt);
    }

    private Target copy(
            long number,
            TargetInfo.State next,
            List<Disk> with,
            List<String> replaced,
            boolean switching,
            List<String> said,
            @Nullable String why,
            Instant until) {
        return new Target(
                job,
                number,
                source,
                sourceName,
                vmName,
                inPlace,
                newId,
                definition,
                network,
                next,
                with,
                replaced,
                switching,
                said,
                why,
                until);
    }
}
