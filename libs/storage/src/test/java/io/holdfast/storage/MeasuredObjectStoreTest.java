package io.holdfast.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.StorageException.Kind;
import io.holdfast.storage.StorageListener.Request;
import io.holdfast.storage.faulty.FaultyObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MeasuredObjectStoreTest {

    private static final ObjectKey KEY = ObjectKey.of("key");

    private final AtomicLong nanos = new AtomicLong();
    private final FaultyObjectStore faulty = new FaultyObjectStore(new InMemoryObjectStore());
    private final List<Request> requests = new ArrayList<>();
    private final ObjectStore store = new MeasuredObjectStore(faulty, requests::add, new MovedClock(nanos));

    private record MovedClock(AtomicLong now) implements MonotonicClock {
        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public void pause(Duration time) {
            now.addAndGet(time.toNanos());
        }
    }

    @Test
    void each_request_is_told_with_its_bytes_and_its_time() {
        faulty.on(Operation.PUT).before(() -> nanos.addAndGet(5));
        store.putIfAbsent(KEY, new byte[10]);
        store.get(KEY, 10);
        store.getRange(KEY, 2, 3);
        store.head(KEY);
        store.delete(KEY);
        store.get(KEY, 10);
        assertThat(requests)
                .containsExactly(
                        done(Operation.PUT, 10, 5),
                        done(Operation.GET, 10, 0),
                        done(Operation.RANGE, 3, 0),
                        done(Operation.HEAD, 0, 0),
                        done(Operation.DELETE, 0, 0),
                        done(Operation.GET, 0, 0));
    }

    @Test
    void a_failure_is_told_with_its_kind() {
        faulty.on(Operation.GET).fail(Kind.DENIED);
        assertThatThrownBy(() -> store.get(KEY, 1)).isInstanceOf(StorageException.class);
        assertThat(requests).containsExactly(new Request(Operation.GET, 0, Duration.ZERO, Optional.of(Kind.DENIED)));
    }

    @Test
    void a_listing_is_told_once_with_the_number_of_its_objects() {
        store.putIfAbsent(KEY, new byte[0]);
        requests.clear();
        try (Stream<ObjectInfo> objects = store.list("")) {
            assertThat(objects.count()).isEqualTo(1);
        }
        assertThat(requests).containsExactly(done(Operation.LIST, 1, 0));
    }

    @Test
    void a_listing_left_early_is_told_when_it_is_closed() {
        store.putIfAbsent(KEY, new byte[0]);
        requests.clear();
        store.list("").close();
        assertThat(requests).containsExactly(done(Operation.LIST, 0, 0));
    }

    private static Request done(Operation operation, long bytes, long nanos) {
        return new Request(operation, bytes, Duration.ofNanos(nanos), Optional.empty());
    }
}
