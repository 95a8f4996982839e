package io.holdfast.restore.app;

import io.holdfast.api.NbdEndpoint;

/** Where hypervisors reach served points. */
@FunctionalInterface
public interface Endpoints {

    /**
     * The endpoint of an export.
     *
     * @param transport {@code unix} or {@code tls}, as the source wants it
     */
    NbdEndpoint of(String transport, String exportName);
}
