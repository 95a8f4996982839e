package io.holdfast.catalog.app.port;

import io.holdfast.api.job.JobKind;

/** Counters of what happened. Within a transaction they count when it is committed, and not when it is rolled back. */
public interface Meters {

    void leaseExpired();

    /** A point was committed. */
    void committed(long readBytes, long storedBytes);

    /** A running job read or filled so many bytes more. */
    void moved(JobKind kind, long bytes);

    void outboxFailed();
}
