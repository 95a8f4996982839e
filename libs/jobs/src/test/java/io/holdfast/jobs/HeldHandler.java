package io.holdfast.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.holdfast.api.job.LeasedJob;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A handler whose attempts go on until they are let go or interrupted. */
final class HeldHandler implements JobHandler {

    final Semaphore go = new Semaphore(0);
    final AtomicInteger interrupted = new AtomicInteger();
    final AtomicInteger lostActions = new AtomicInteger();
    final Queue<JobContext> contexts = new ConcurrentLinkedQueue<>();
    final Queue<Thread> threads = new ConcurrentLinkedQueue<>();

    @Override
    public JsonNode run(LeasedJob job, JobContext context) throws Exception {
        threads.add(Thread.currentThread());
        context.onLeaseLost(lostActions::incrementAndGet);
        contexts.add(context);
        try {
            go.acquire();
        } catch (InterruptedException e) {
            interrupted.incrementAndGet();
            throw e;
        }
        return TextNode.valueOf("done");
    }
}
