package io.holdfast.storage;

import io.holdfast.storage.StorageException.Kind;
import java.time.Duration;
import java.util.Optional;

/** Is told of every finished request of a {@link MeasuredObjectStore}. Called on the caller's thread: be quick. */
@FunctionalInterface
public interface StorageListener {

    /** Hears nothing. */
    StorageListener NONE = request -> {};

    /** One request has ended. */
    void ended(Request request);

    /**
     * One finished request.
     *
     * @param operation what was asked
     * @param bytes bytes of object bodies that were handed over, 0 when it failed; of a listing the number of objects
     * @param took how long it took, retries included when they lie below
     * @param failure why it failed, empty when it did not
     */
    record Request(Operation operation, long bytes, Duration took, Optional<Kind> failure) {}
}
