package io.holdfast.jobs;

/** Runs what has to be done in spite of the interrupts that stop an attempt: cleaning up after it. */
public final class Shield {

    /** Runs the work on a thread of its own and waits for it; an interrupt in the meantime is kept for afterwards. */
    public static void run(String threadName, Runnable work) {
        Thread thread = Thread.ofVirtual().name(threadName).start(work);
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Shield() {}
}
