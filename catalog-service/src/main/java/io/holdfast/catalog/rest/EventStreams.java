package io.holdfast.catalog.rest;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.app.port.JobStore;
import io.holdfast.catalog.domain.Job;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Streams of a job's changes. Each reads the database, so that any replica serves any job and a restart loses nothing
 * but the connection. A stream is a virtual thread; their number is bounded because each polls.
 */
@ApplicationScoped
public class EventStreams {

    private static final Logger LOG = Logger.getLogger(EventStreams.class);

    /** A reader this slow is let go. */
    private static final int SEND_SECONDS = 10;

    /** How many streams, how often they look, how long they stay silent. */
    public record Pace(int maxStreams, Duration poll, Duration keepAlive) {}

    private static final int HEAD_MILLIS = 5;

    /**
     * Who reads a stream.
     *
     * @param begun whether the response's head is out. The server writes it when the resource method returns; an event sent
     *     before that writes it too, and one of the two fails
     */
    record Reader(SseEventSink sink, Sse sse, BooleanSupplier begun) {}

    private final JobStore jobs;
    private final Pace pace;
    private final Semaphore room;
    private final CountDownLatch stopping = new CountDownLatch(1);

    EventStreams(JobStore jobs, Pace pace) {
        this.jobs = jobs;
        this.pace = pace;
        this.room = new Semaphore(pace.maxStreams());
    }

    void stop(@Observes @Priority(1) ShutdownEvent event) {
        stopping.countDown();
    }

    /**
     * Sends the job now and after each change, until it has ended or the reader is gone. Returns at once: a stream that is
     * closed while the resource method still runs takes the request's context away from it, which ends as an error in the log.
     */
    void watch(Job job, Reader reader) {
        if (!room.tryAcquire()) {
            throw new ApiException(ErrorCode.UNAVAILABLE, "Too many event streams are open; poll the job instead.");
        }
        Thread.ofVirtual().name("events-" + job.id()).start(() -> {
            try (var sink = reader.sink()) {
                if (begins(reader)) {
                    follow(job, sink, reader.sse());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                LOG.debugf("job %s: a reader went away", job.id());
            } catch (RuntimeException e) {
                LOG.warnf("job %s: its event stream broke: %s", job.id(), e);
            } finally {
                room.release();
            }
        });
    }

    /** Waits for the head; false when the reader is gone before. */
    private boolean begins(Reader reader) throws InterruptedException {
        while (!reader.begun().getAsBoolean()) {
            if (reader.sink().isClosed() || stopping.await(HEAD_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private void follow(Job first, SseEventSink sink, Sse sse)
            throws InterruptedException, ExecutionException, TimeoutException {
        Job shown = first;
        send(sink, event(sse, shown));
        Duration silent = Duration.ZERO;
        while (!shown.state().ended()
                && !sink.isClosed()
                && !stopping.await(pace.poll().toMillis(), TimeUnit.MILLISECONDS)) {
            Optional<Job> now = jobs.find(shown.id());
            if (now.isPresent() && now.get().version() != shown.version()) {
                shown = now.get();
                send(sink, event(sse, shown));
                silent = Duration.ZERO;
                continue;
            }
            silent = silent.plus(pace.poll());
            if (silent.compareTo(pace.keepAlive()) >= 0) {
                send(sink, sse.newEventBuilder().comment("still here").build());
                silent = Duration.ZERO;
            }
        }
    }

    private static OutboundSseEvent event(Sse sse, Job job) {
        return sse.newEventBuilder()
                .name("job")
                .id(Long.toString(job.version()))
                .mediaType(MediaType.APPLICATION_JSON_TYPE)
                .data(JobInfo.class, job.info())
                .build();
    }

    private static void send(SseEventSink sink, OutboundSseEvent event)
            throws InterruptedException, ExecutionException, TimeoutException {
        sink.send(event).toCompletableFuture().get(SEND_SECONDS, TimeUnit.SECONDS);
    }
}
