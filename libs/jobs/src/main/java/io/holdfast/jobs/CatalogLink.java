package io.holdfast.jobs;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** Whether the catalog answers, logged once per change; and what its refusals mean. Thread-safe. */
final class CatalogLink {

    private static final Logger LOG = Logger.getLogger(CatalogLink.class);

    /** The job belongs to somebody else now, or to nobody. */
    private static final Set<ErrorCode> NOT_OURS = Set.of(
            ErrorCode.LEASE_LOST,
            ErrorCode.FENCED,
            ErrorCode.JOB_ENDED,
            ErrorCode.JOB_CANCELLED,
            ErrorCode.JOB_NOT_FOUND);

    private enum State {
        UNKNOWN,
        UP,
        DOWN
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.UNKNOWN);

    /** A call got an answer. */
    void up() {
        State before = state.getAndSet(State.UP);
        if (before == State.DOWN) {
            LOG.info("the catalog answers again");
        }
    }

    /** A call failed in a way that trying again may heal. */
    void down(RuntimeException failure) {
        State before = state.getAndSet(State.DOWN);
        if (before != State.DOWN) {
            LOG.warnf("the catalog does not answer, trying on: %s", reason(failure));
        }
    }

    /** Whether this refusal says that the lease is gone. */
    static boolean leaseGone(RuntimeException failure) {
        return failure instanceof ApiException e && NOT_OURS.contains(e.code());
    }

    /** Whether the catalog understood and will refuse the same request again. */
    static boolean refused(RuntimeException failure) {
        if (!(failure instanceof ApiException e)) {
            return false;
        }
        return NOT_OURS.contains(e.code())
                || e.code() == ErrorCode.INVALID_REQUEST
                || e.code() == ErrorCode.BODY_TOO_LARGE
                || e.code() == ErrorCode.NOT_FOUND;
    }

    private static String reason(RuntimeException failure) {
        if (failure instanceof ApiException e) {
            return e.code().wire() + ", " + e.detail();
        }
        Throwable root = failure;
        for (int depth = 0; root.getCause() != null && depth < 10; depth++) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + ": " + root.getMessage();
    }
}
