package io.holdfast.jobs;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** Tells an interrupt from a failure: REST clients and sockets wrap it, and clear the thread's flag on the way. */
public final class Interrupts {

    private static final int DEEPEST = 20;

    /** Throws when an interrupt is behind this failure, or when the attempt may not go on. */
    public static void refuse(JobContext context, RuntimeException failure) throws InterruptedException {
        context.check();
        if (behind(failure)) {
            throw (InterruptedException) new InterruptedException("interrupted while calling").initCause(failure);
        }
    }

    /** Whether an interrupt is the reason of a failure. */
    public static boolean behind(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            boolean timeout = cause instanceof SocketTimeoutException;
            if (cause instanceof InterruptedException || (cause instanceof InterruptedIOException && !timeout)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private Interrupts() {}
}
