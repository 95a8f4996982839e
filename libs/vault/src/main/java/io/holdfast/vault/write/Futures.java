package io.holdfast.vault.write;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waiting for work of our own pools. */
final class Futures {

    private Futures() {}

    /** The result, or the work's own exception. */
    static <T> T join(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
