package io.holdfast.jobs;

import java.time.Duration;

/**
 * How a {@link JobRunner} behaves.
 *
 * @param parallel attempts at one time, at least 1
 * @param idlePoll pause between two requests for a job while there is none, give or take a quarter; longer after failures
 * @param backoffCap longest pause while the catalog cannot be reached
 * @param leaseMargin an attempt stops this long before its lease would be over; at most a third of the lease is used
 * @param progressInterval new progress is sent after this long at the latest, without waiting for the next heartbeat's turn
 * @param stopTimeout how long a drain waits for interrupted attempts to stop and report
 */
public record JobRunnerOptions(
        int parallel,
        Duration idlePoll,
        Duration backoffCap,
        Duration leaseMargin,
        Duration progressInterval,
        Duration stopTimeout) {

    public JobRunnerOptions {
        if (parallel < 1 || parallel > 1000) {
            throw new IllegalArgumentException("parallel attempts must be 1 to 1000: " + parallel);
        }
        requirePositive(idlePoll);
        requirePositive(backoffCap);
        requirePositive(leaseMargin);
        requirePositive(progressInterval);
        requirePositive(stopTimeout);
    }

    /**
     * The usual: poll each second, back off to 10 s, stop 5 s before the lease ends (a sixth of the usual 30 s: room for an
     * interrupt to take effect), progress each second, 10 s to stop.
     */
    public static JobRunnerOptions of(int parallel) {
        return new JobRunnerOptions(
                parallel,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                Duration.ofSeconds(10));
    }

    private static void requirePositive(Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException("not a positive duration: " + duration);
        }
    }
}
