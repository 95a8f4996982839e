package io.holdfast.testkit.storage;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Every listing fails before its object number {@code length}, counted from 0. */
record BreakingListings(ObjectStore inner, int length) implements ObjectStore {

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        AtomicInteger given = new AtomicInteger();
        return inner.list(prefix, startAfter).peek(info -> {
            if (given.getAndIncrement() == length) {
                throw new StorageException(Kind.UNAVAILABLE, "The listing broke.");
            }
        });
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        return inner.putIfAbsent(key, body);
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        return inner.get(key, maxBytes);
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        return inner.getRange(key, offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        return inner.head(key);
    }

    @Override
    public void delete(ObjectKey key) {
        inner.delete(key);
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public void close() {
        inner.close();
    }
}
