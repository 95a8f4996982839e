package io.holdfast.storage;

import io.holdfast.storage.StorageException.Kind;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Tries again what {@link Kind#retryable()} says can succeed later, with growing, jittered pauses, within a
 * {@link RetryPolicy}.
 *
 * <p>A put that is tried again may meet its own first try, whose reply was lost. So when a later try is told
 * {@link PutResult#EXISTS}, the object is read back: the same bytes mean {@link PutResult#CREATED}. Two writers that put
 * <em>identical</em> bytes under one key may therefore both be told CREATED; sealed objects never are identical.
 *
 * <p>A listing that breaks goes on after the last key that it gave.
 */
public final class RetryingObjectStore implements ObjectStore {

    private final ObjectStore inner;
    private final RetryPolicy policy;
    private final MonotonicClock clock;
    private final RandomGenerator random;

    public RetryingObjectStore(ObjectStore inner, RetryPolicy policy, MonotonicClock clock, RandomGenerator random) {
        this.inner = inner;
        this.policy = policy;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        Attempts attempts = attempts();
        try {
            return attempts.run(() -> {
                PutResult result = inner.putIfAbsent(key, body);
                boolean maybeOurs = result == PutResult.EXISTS && attempts.leftDoubt();
                return maybeOurs && holds(key, body) ? PutResult.CREATED : result;
            });
        } catch (StorageException e) {
            throw attempts.leftDoubt() ? stillUnknown(e) : e;
        }
    }

    /** A later try that was refused says nothing about an earlier one that may have stored the object. */
    private static StorageException stillUnknown(StorageException last) {
        return last.kind().retryable() || last.kind() == Kind.CANCELLED
                ? last
                : new StorageException(
                        Kind.UNAVAILABLE,
                        last.getMessage()
                                + " An earlier try was not answered: whether the object was stored is unknown.",
                        last);
    }

    private boolean holds(ObjectKey key, byte[] body) {
        try {
            return inner.get(key, body.length)
                    .map(found -> Arrays.equals(found, body))
                    .orElse(false);
        } catch (StorageException e) {
            if (e.kind() == Kind.TOO_LARGE) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        return retried(() -> inner.get(key, maxBytes));
    }

    @Override
    public Optional<byte[]> getOnce(ObjectKey key, int maxBytes) {
        return inner.getOnce(key, maxBytes);
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        return retried(() -> inner.getRange(key, offset, length));
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return retried(() -> inner.head(key));
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        return new ResumedListing(inner, prefix, startAfter, this::attempts).stream();
    }

    @Override
    public void delete(ObjectKey key) {
        Attempts attempts = attempts();
        attempts.run(() -> {
            inner.delete(key);
            return key;
        });
    }

    @Override
    public Optional<String> stranger() {
        return retried(inner::stranger);
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public void close() {
        inner.close();
    }

    private <T> T retried(Supplier<T> call) {
        return attempts().run(call);
    }

    private Attempts attempts() {
        return new Attempts(policy, clock, random);
    }
}
