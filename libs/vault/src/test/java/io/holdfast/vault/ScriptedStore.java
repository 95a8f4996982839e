package io.holdfast.vault;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** A store in memory; a script sees each request before and after it happens and may throw. */
class ScriptedStore implements ObjectStore {

    final ConcurrentSkipListMap<String, byte[]> objects;
    final AtomicInteger requests = new AtomicInteger();
    volatile Optional<String> stranger = Optional.empty();
    volatile BiConsumer<String, String> before = (request, key) -> {};
    volatile BiConsumer<String, String> after = (request, key) -> {};

    ScriptedStore() {
        this(new ConcurrentSkipListMap<>());
    }

    /** Another client of the same objects, with a script of its own. */
    ScriptedStore(ConcurrentSkipListMap<String, byte[]> objects) {
        this.objects = objects;
    }

    static StorageException unavailable() {
        return new StorageException(StorageException.Kind.UNAVAILABLE, "scripted");
    }

    /** A copy of an object that is there. */
    byte[] object(String key) {
        return Objects.requireNonNull(objects.get(key)).clone();
    }

    /** Every request from the n-th on fails, counting from now. */
    void failFrom(int n) {
        int start = requests.get();
        before = (request, key) -> {
            if (requests.get() - start > n) {
                throw unavailable();
            }
        };
    }

    void heal() {
        before = (request, key) -> {};
        after = (request, key) -> {};
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        enter("put", key.value());
        byte[] there = objects.putIfAbsent(key.value(), body.clone());
        after.accept("put", key.value());
        return there == null ? PutResult.CREATED : PutResult.EXISTS;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        enter("get", key.value());
        byte[] there = objects.get(key.value());
        if (there != null && there.length > maxBytes) {
            throw new StorageException(StorageException.Kind.TOO_LARGE, key.value());
        }
        return Optional.ofNullable(there).map(byte[]::clone);
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        enter("range", key.value());
        byte[] there = objects.get(key.value());
        if (there == null) {
            throw new StorageException(StorageException.Kind.NOT_FOUND, key.value());
        }
        if (offset < 0 || length < 0 || offset + length > there.length) {
            throw new StorageException(StorageException.Kind.RANGE, key.value());
        }
        return Arrays.copyOfRange(there, (int) offset, (int) offset + length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        enter("head", key.value());
        return Optional.ofNullable(objects.get(key.value())).map(body -> new ObjectInfo(key, body.length));
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        enter("list", prefix);
        return objects.tailMap(prefix, true).entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> new ObjectInfo(new ObjectKey(entry.getKey()), entry.getValue().length));
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        return list(prefix).filter(info -> info.key().value().compareTo(startAfter) > 0);
    }

    @Override
    public void delete(ObjectKey key) {
        enter("delete", key.value());
        objects.remove(key.value());
    }

    @Override
    public Optional<String> stranger() {
        return stranger;
    }

    @Override
    public String describe() {
        return "a store in memory";
    }

    @Override
    public void close() {}

    private void enter(String request, String key) {
        requests.incrementAndGet();
        before.accept(request, key);
    }
}
