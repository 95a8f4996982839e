package io.holdfast.storage;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Objects in this process's memory, for tests and simulations. It keeps every promise but surviving the process. */
public final class InMemoryObjectStore implements ObjectStore {

    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        Arguments.checkBody(key, body);
        Arguments.checkInterrupt();
        return objects.putIfAbsent(key.value(), body.clone()) == null ? PutResult.CREATED : PutResult.EXISTS;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        Arguments.checkMaxBytes(maxBytes);
        Arguments.checkInterrupt();
        byte @Nullable [] body = objects.get(key.value());
        if (body == null) {
            return Optional.empty();
        }
        Arguments.checkSize(key, body.length, maxBytes);
        return Optional.of(body.clone());
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        Arguments.checkRange(offset, length);
        Arguments.checkInterrupt();
        byte @Nullable [] body = objects.get(key.value());
        if (body == null) {
            throw Arguments.notFound(key);
        }
        Arguments.checkInside(key, offset, length, body.length);
        return Arrays.copyOfRange(body, (int) offset, (int) offset + length);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        Arguments.checkInterrupt();
        return Optional.ofNullable(objects.get(key.value())).map(body -> new ObjectInfo(key, body.length));
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        Arguments.checkInterrupt();
        boolean inside = startAfter.compareTo(prefix) >= 0;
        NavigableMap<String, byte[]> tail = objects.tailMap(inside ? startAfter : prefix, !inside);
        return tail.entrySet().stream()
                .takeWhile(entry -> entry.getKey().startsWith(prefix))
                .map(InMemoryObjectStore::info);
    }

    @Override
    public void delete(ObjectKey key) {
        Arguments.checkInterrupt();
        objects.remove(key.value());
    }

    @Override
    public String describe() {
        return "memory of this process";
    }

    @Override
    public void close() {
        // Nothing to give back: the objects live as long as this store is referenced.
    }

    private static ObjectInfo info(Map.Entry<String, byte[]> entry) {
        return new ObjectInfo(new ObjectKey(entry.getKey()), entry.getValue().length);
    }
}
