package io.holdfast.cli.http;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one job to its end: by server-sent events while they come, by asking where they do not. A catalog that restarts
 * meanwhile costs nothing but time: each question has its own tries, and the wait goes on while the deadline allows it.
 */
final class JobWatch {

    /** Streams that end without an event before asking replaces them for good. */
    private static final int POINTLESS_STREAMS = 3;
    /** Questions in a row that may stay unanswered: more than a minute, in which a supervisor brings a catalog back. */
    private static final int PATIENCE = 15;

    private static final Set<ErrorCode> ABSENT = Set.of(ErrorCode.UNAVAILABLE, ErrorCode.DEADLINE_EXCEEDED);

    private final CatalogClient catalog;
    private final Transport transport;
    private final InstantSource clock;

    JobWatch(CatalogClient catalog, Transport transport, InstantSource clock) {
        this.catalog = catalog;
        this.transport = transport;
        this.clock = clock;
    }

    /**
     * The job as it ended, or as it was last seen when {@code deadline} came.
     *
     * @param deadline null: as long as it takes
     */
    JobInfo toTheEnd(UUID id, @Nullable Instant deadline, Consumer<JobInfo> seen) throws InterruptedException {
        JobInfo job = tell(catalog.job(id), seen);
        int pointless = 0;
        while (!job.state().ended() && !past(deadline)) {
            if (pointless < POINTLESS_STREAMS) {
                Optional<JobInfo> heard = listen(id, deadline, seen);
                pointless = heard.isEmpty() ? pointless + 1 : 0;
                job = heard.orElse(job);
            }
            if (!job.state().ended() && !past(deadline)) {
                transport.pause().of(shorter(transport.timing().poll(), deadline));
                job = tell(ask(id), seen);
            }
        }
        return job;
    }

    /** What the last event of one stream said, if any came. */
    private Optional<JobInfo> listen(UUID id, @Nullable Instant deadline, Consumer<JobInfo> seen)
            throws InterruptedException {
        JobInfo job = null;
        try (EventStream stream = transport.events(Paths.of("jobs", id.toString(), "events"))) {
            while ((job == null || !job.state().ended()) && !past(deadline)) {
                String event = stream.next(shorter(transport.timing().silence(), deadline));
                if (event == null) {
                    break;
                }
                JobInfo next = Json.read(event, JobInfo.class);
                if (id.equals(next.id())) {
                    job = tell(next, seen);
                }
            }
        } catch (IOException e) {
            // What is not a job's state ends the stream; asking goes on.
            return Optional.ofNullable(job);
        }
        return Optional.ofNullable(job);
    }

    private JobInfo ask(UUID id) throws InterruptedException {
        for (int asked = 1; ; asked++) {
            try {
                return catalog.job(id);
            } catch (ApiException e) {
                if (asked >= PATIENCE || !ABSENT.contains(e.code())) {
                    throw e;
                }
            }
        }
    }

    private static JobInfo tell(JobInfo job, Consumer<JobInfo> seen) {
        seen.accept(job);
        return job;
    }

    private boolean past(@Nullable Instant deadline) {
        return deadline != null && !clock.instant().isBefore(deadline);
    }

    private Duration shorter(Duration time, @Nullable Instant deadline) {
        if (deadline == null) {
            return time;
        }
        Duration left = Duration.between(clock.instant(), deadline);
        return left.isNegative() ? Duration.ZERO : left.compareTo(time) < 0 ? left : time;
    }
}
