package io.holdfast.api;

/** HTTP header names of Holdfast's own. */
public final class Headers {
    /** Sent with every request that makes a job; the same key gives the same job, another body with it is refused. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** Finds a request in the logs of every service it passed through. */
    public static final String REQUEST_ID = "X-Request-Id";

    private Headers() {}
}
