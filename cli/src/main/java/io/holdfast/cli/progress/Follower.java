package io.holdfast.cli.progress;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.http.CatalogClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Makes jobs one after the other and follows them all at once. */
public final class Follower {

    private final CatalogClient catalog;
    private final ProgressView view;
    private final Unfinished unfinished;

    public Follower(CatalogClient catalog, ProgressView view, Unfinished unfinished) {
        this.catalog = catalog;
        this.view = view;
        this.unfinished = unfinished;
    }

    /** The request that makes a job. */
    @FunctionalInterface
    public interface Start {
        JobInfo job() throws InterruptedException;
    }

    /** A job to be made, and whom it is about. */
    public record Order(String label, Start start) {}

    /** How long somebody waits. */
    public record Wait(boolean wanted, @Nullable Instant deadline) {}

    /** An outcome per order, in their order. A request that fails does not keep the others from being made. */
    public List<Outcome> follow(List<Order> orders, Wait wait) throws InterruptedException {
        List<Outcome> made = make(orders, wait.wanted());
        if (!wait.wanted()) {
            return made;
        }
        try (ExecutorService watchers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Outcome>> watched = made.stream()
                    .map(outcome -> watchers.submit(() -> watch(outcome, wait.deadline())))
                    .toList();
            try {
                return collect(watched);
            } catch (InterruptedException e) {
                watchers.shutdownNow();
                throw e;
            }
        }
    }

    private static List<Outcome> collect(List<Future<Outcome>> watched) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Future<Outcome> one : watched) {
            try {
                outcomes.add(one.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException("A watcher broke.", e.getCause());
            }
        }
        return outcomes;
    }

    private List<Outcome> make(List<Order> orders, boolean waited) throws InterruptedException {
        List<Outcome> made = new ArrayList<>();
        ApiException absent = null;
        for (Order order : orders) {
            if (absent != null) {
                // Nobody answered the one before, with all its tries: no use in trying as long again for each.
                made.add(new Outcome(order.label(), null, absent, waited));
                continue;
            }
            try {
                made.add(new Outcome(order.label(), order.start().job(), null, waited));
            } catch (ApiException e) {
                made.add(new Outcome(order.label(), null, e, waited));
                absent = e.code() == ErrorCode.UNAVAILABLE ? e : null;
            }
        }
        return made;
    }

    private Outcome watch(Outcome made, @Nullable Instant deadline) throws InterruptedException {
        JobInfo job = made.job();
        if (job == null) {
            return made;
        }
        JobInfo[] last = {job};
        try (Unfinished.Open _ = unfinished.job(made.label(), job)) {
            JobInfo end = catalog.watch(job.id(), deadline, seen -> {
                last[0] = seen;
                view.update(made.label(), seen);
            });
            return new Outcome(made.label(), end, null, true);
        } catch (ApiException e) {
            return new Outcome(made.label(), last[0], e, true);
        }
    }
}
