package io.holdfast.snapshot.app;

import io.holdfast.snapshot.domain.Source;

/** Finds the driver of a source. Thread-safe. */
public interface Drivers {

    /** Whether a URI can be driven; the driver's name. Throws {@code source-scheme-unsupported}. */
    String driverOf(String uri);

    /** How disks of such a source are handed over unless somebody says otherwise: {@code unix} on this machine, else {@code tls}. */
    String handoverOf(String uri);

    /** The driver; connects when first used. Throws {@code source-unreachable}. */
    Driver of(Source source);

    /** Closes the source's connection, if any. */
    void forget(Source source);
}
