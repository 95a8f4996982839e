package io.holdfast.snapshot.domain;

/**
 * What the hypervisor shows of a view right now.
 *
 * @param power of the domain that the view reads
 * @param run which run of the domain this is, as the hypervisor numbers them; 0 while it does not run
 * @param fresh whether this run's guest has not run an instruction; asked only where a start is not known to have been ours
 * @param job the backup job that runs on it
 * @param scratchReady whether every scratch volume is there in full
 * @param scratchLeft whether any scratch volume is there
 * @param socketLeft whether the socket's file is there
 */
public record ViewSeen(
        Power power, int run, boolean fresh, Job job, boolean scratchReady, boolean scratchLeft, boolean socketLeft) {

    /** A domain's state, as far as a view is concerned. */
    public enum Power {
        RUNNING,
        /** Somebody stopped its processors. */
        PAUSED,
        /** It stands still because of an I/O error, for which lack of space is one. */
        STALLED,
        OFF,
        /** No such domain. */
        GONE;

        public boolean readable() {
            return this == RUNNING || this == PAUSED || this == STALLED;
        }
    }

    /** The backup job of a domain: libvirt has at most one, and ending it takes no name. */
    public enum Job {
        NONE,
        OURS,
        FOREIGN
    }
}
