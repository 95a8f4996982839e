package io.holdfast.storage;

import io.holdfast.storage.StorageException.Kind;
import io.holdfast.storage.StorageListener.Request;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Tells a {@link StorageListener} of every request: how long, how many bytes, how it ended. */
public final class MeasuredObjectStore implements ObjectStore {

    private final ObjectStore inner;
    private final StorageListener listener;
    private final MonotonicClock clock;

    public MeasuredObjectStore(ObjectStore inner, StorageListener listener, MonotonicClock clock) {
        this.inner = inner;
        this.listener = listener;
        this.clock = clock;
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        return measured(Operation.PUT, () -> inner.putIfAbsent(key, body), result -> body.length);
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        return measuredGet(() -> inner.get(key, maxBytes));
    }

    @Override
    public Optional<byte[]> getOnce(ObjectKey key, int maxBytes) {
        return measuredGet(() -> inner.getOnce(key, maxBytes));
    }

    private Optional<byte[]> measuredGet(Supplier<Optional<byte[]>> call) {
        return measured(
                Operation.GET, call, found -> found.map(body -> body.length).orElse(0));
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        return measured(Operation.RANGE, () -> inner.getRange(key, offset, length), body -> body.length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return measured(Operation.HEAD, () -> inner.head(key), found -> 0);
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        MeasuredListing listing = new MeasuredListing(inner.list(prefix, startAfter));
        int shape = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(listing, shape), false)
                .onClose(listing::close);
    }

    @Override
    public void delete(ObjectKey key) {
        Supplier<ObjectKey> call = () -> {
            inner.delete(key);
            return key;
        };
        measured(Operation.DELETE, call, done -> 0);
    }

    @Override
    public Optional<String> stranger() {
        return measured(Operation.LIST, inner::stranger, found -> 0);
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public void close() {
        inner.close();
    }

    private <T> T measured(Operation operation, Supplier<T> call, ToLongFunction<T> bytes) {
        long began = clock.nanos();
        try {
            T result = call.get();
            tell(operation, bytes.applyAsLong(result), clock.nanos() - began, null);
            return result;
        } catch (StorageException e) {
            tell(operation, 0, clock.nanos() - began, e.kind());
            throw e;
        }
    }

    private void tell(Operation operation, long bytes, long nanos, @Nullable Kind failure) {
        listener.ended(new Request(operation, bytes, Duration.ofNanos(nanos), Optional.ofNullable(failure)));
    }

    /** Sums the time spent waiting for the store, not what the consumer does between two objects; told once. */
    private final class MeasuredListing implements Iterator<ObjectInfo> {
        private final Stream<ObjectInfo> source;
        private final Iterator<ObjectInfo> items;
        private long objects;
        private long nanos;
        private boolean told;

        MeasuredListing(Stream<ObjectInfo> source) {
            this.source = source;
            this.items = source.iterator();
        }

        @Override
        public boolean hasNext() {
            long began = clock.nanos();
            try {
                boolean more = items.hasNext();
                nanos += clock.nanos() - began;
                if (!more) {
                    tellOnce(null);
                }
                return more;
            } catch (StorageException e) {
                nanos += clock.nanos() - began;
                tellOnce(e.kind());
                throw e;
            }
        }

        @Override
        public ObjectInfo next() {
            objects++;
            return items.next();
        }

        void close() {
            source.close();
            tellOnce(null);
        }

        private void tellOnce(@Nullable Kind failure) {
            if (!told) {
                told = true;
                tell(Operation.LIST, objects, nanos, failure);
            }
        }
    }
}
