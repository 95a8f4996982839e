package io.holdfast.vault.pack;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What was used last, bounded in bytes. Thread-safe. */
final class ByteCache<K, V> {

    private final Map<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final ToIntFunction<V> weight;
    private final long limit;
    private long bytes;

    ByteCache(long limit, ToIntFunction<V> weight) {
        this.limit = limit;
        this.weight = weight;
    }

    synchronized @Nullable V get(K key) {
        return entries.get(key);
    }

    synchronized void put(K key, V value) {
        V before = entries.put(key, value);
        bytes += weight.applyAsInt(value) - (before == null ? 0 : weight.applyAsInt(before));
        Iterator<V> oldest = entries.values().iterator();
        while (bytes > limit && entries.size() > 1 && oldest.hasNext()) {
            bytes -= weight.applyAsInt(oldest.next());
            oldest.remove();
        }
    }
}
