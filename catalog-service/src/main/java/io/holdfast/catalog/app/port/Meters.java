package io.holdfast.catalog.app.port;

/** Counters of what happened. */
public interface Meters {

    void leaseExpired();

    /** A point was committed. */
    void committed(long readBytes, long storedBytes);

    void outboxFailed();
}
