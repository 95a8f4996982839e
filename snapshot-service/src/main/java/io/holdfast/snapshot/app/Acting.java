package io.holdfast.snapshot.app;

/** Of several processes on one database one acts on hypervisors. Thread-safe. */
public interface Acting {

    /** Whether this is the one. */
    boolean active();
}
