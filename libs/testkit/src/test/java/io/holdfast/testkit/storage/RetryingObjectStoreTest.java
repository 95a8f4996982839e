package io.holdfast.testkit.storage;

import static io.holdfast.testkit.storage.ObjectStoreContract.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.InMemoryObjectStore;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.Operation;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.RetryPolicy;
import io.holdfast.storage.RetryingObjectStore;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.storage.faulty.FaultyObjectStore;
import io.holdfast.testkit.time.TestClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryingObjectStoreTest {

    private static final ObjectKey KEY = ObjectKey.of("key");
    private static final byte[] BODY = {1, 2, 3};

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore memory = new InMemoryObjectStore();
    private final FaultyObjectStore faulty = new FaultyObjectStore(memory);
    private final ObjectStore store = retrying(RetryPolicy.standard());

    private ObjectStore retrying(RetryPolicy policy) {
        return new RetryingObjectStore(faulty, policy, clock, new Random(1));
    }

    @Test
    void what_can_succeed_later_is_tried_again_after_growing_pauses() {
        memory.putIfAbsent(KEY, BODY);
        faulty.on(Operation.GET).between(1, 2).fail(Kind.UNAVAILABLE);
        faulty.on(Operation.GET).nth(3).fail(Kind.CORRUPT_REPLY);
        assertThat(store.get(KEY, 10)).contains(BODY);
        assertThat(clock.pauses()).hasSize(3);
        assertThat(clock.pauses().get(0)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
        assertThat(clock.pauses().get(1)).isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(clock.pauses().get(2)).isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
        faulty.assertEveryFaultHit();
    }

    @ParameterizedTest
    @EnumSource
    void only_what_can_succeed_later_is_tried_again(Kind kind) {
        memory.putIfAbsent(KEY, BODY);
        faulty.on(Operation.HEAD).nth(1).fail(kind);
        if (kind.retryable()) {
            assertThat(store.head(KEY)).isPresent();
        } else {
            assertFails(kind, () -> store.head(KEY));
            assertThat(clock.pauses()).isEmpty();
        }
    }

    @Test
    void what_is_asked_once_is_not_tried_again() {
        memory.putIfAbsent(KEY, BODY);
        faulty.on(Operation.GET).nth(1).fail(Kind.UNAVAILABLE);
        assertFails(Kind.UNAVAILABLE, () -> store.getOnce(KEY, 10));
        assertThat(store.getOnce(KEY, 10))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(BODY));
    }

    @Test
    void the_attempts_are_bounded() {
        ObjectStore few =
                retrying(new RetryPolicy(6, Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofHours(1)));
        faulty.on(Operation.DELETE).fail(Kind.UNAVAILABLE);
        assertFails(Kind.UNAVAILABLE, () -> few.delete(KEY));
        assertThat(clock.pauses()).hasSize(5);
    }

    @Test
    void the_whole_time_is_bounded() {
        Duration deadline = Duration.ofSeconds(10);
        ObjectStore patient = retrying(new RetryPolicy(1_000, Duration.ofSeconds(1), Duration.ofSeconds(3), deadline));
        faulty.on(Operation.RANGE).fail(Kind.UNAVAILABLE);
        assertFails(Kind.UNAVAILABLE, () -> patient.getRange(KEY, 0, 1));
        assertThat(Duration.ofNanos(clock.nanos())).isBetween(Duration.ofSeconds(6), deadline);
    }

    @Test
    void a_put_whose_reply_was_lost_is_created() {
        faulty.on(Operation.PUT).nth(1).thenLoseReply();
        assertThat(store.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.CREATED);
        assertThat(memory.get(KEY, 10)).contains(BODY);
        faulty.assertEveryFaultHit();
    }

    @Test
    void a_put_whose_reply_was_lost_is_created_also_when_reading_back_fails_at_first() {
        faulty.on(Operation.PUT).nth(1).thenLoseReply();
        faulty.on(Operation.GET).nth(1).fail(Kind.UNAVAILABLE);
        assertThat(store.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.CREATED);
        faulty.assertEveryFaultHit();
    }

    @Test
    void a_put_that_is_tried_again_and_meets_other_bytes_exists() {
        for (byte[] other : new byte[][] {{1, 2, 4}, {1, 2, 3, 4}, {}}) {
            memory.delete(KEY);
            faulty.clear();
            faulty.on(Operation.PUT).nth(1).before(() -> memory.putIfAbsent(KEY, other));
            faulty.on(Operation.PUT).nth(1).fail(Kind.UNAVAILABLE);
            assertThat(store.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.EXISTS);
            assertThat(memory.get(KEY, 10)).contains(other);
            faulty.assertEveryFaultHit();
        }
    }

    @Test
    void a_first_put_of_the_same_bytes_exists_without_a_question() {
        memory.putIfAbsent(KEY, BODY);
        faulty.on(Operation.GET).fail(Kind.OTHER);
        assertThat(store.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.EXISTS);
    }

    @Test
    void a_listing_that_breaks_goes_on_after_the_last_key() {
        for (int i = 0; i < 9; i++) {
            memory.putIfAbsent(ObjectKey.of("k" + i), BODY);
        }
        ObjectStore breaking =
                new RetryingObjectStore(new BreakingListings(faulty, 4), RetryPolicy.standard(), clock, new Random(1));
        faulty.on(Operation.LIST).nth(2).fail(Kind.UNAVAILABLE);
        try (Stream<ObjectInfo> objects = breaking.list("k", "k0")) {
            assertThat(objects.map(info -> info.key().value()))
                    .containsExactly("k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8");
        }
        faulty.assertEveryFaultHit();
    }

    @Test
    void an_interrupt_ends_the_pause_and_the_call() {
        faulty.on(Operation.GET).before(() -> Thread.currentThread().interrupt());
        faulty.on(Operation.GET).fail(Kind.UNAVAILABLE);
        try {
            assertFails(Kind.CANCELLED, () -> store.get(KEY, 10));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void a_mistake_of_the_caller_is_not_tried_again() {
        byte[] body = Arrays.copyOf(BODY, (int) ObjectStore.MAX_OBJECT_BYTES + 1);
        assertFails(Kind.TOO_LARGE, () -> store.putIfAbsent(KEY, body));
        assertThat(clock.pauses()).isEmpty();
    }

    @Test
    void the_standard_policy_sits_out_a_store_that_is_away_for_a_minute_and_a_half_and_ends_within_two() {
        faulty.on(Operation.HEAD).fail(Kind.UNAVAILABLE);
        assertFails(Kind.UNAVAILABLE, () -> store.head(KEY));
        assertThat(Duration.ofNanos(clock.nanos())).isBetween(Duration.ofSeconds(100), Duration.ofMinutes(2));
        assertThat(clock.pauses()).hasSizeBetween(12, 40);
    }

    @ParameterizedTest
    @EnumSource(names = {"DENIED", "FULL", "NO_SUCH_STORE", "OTHER"})
    void a_put_that_is_refused_after_a_try_without_an_answer_stays_unknown(Kind refusal) {
        faulty.on(Operation.PUT).nth(1).thenLoseReply();
        faulty.on(Operation.PUT).nth(2).fail(refusal);
        assertFails(Kind.UNAVAILABLE, () -> store.putIfAbsent(KEY, BODY));
        assertThat(memory.get(KEY, 10)).contains(BODY);
        faulty.assertEveryFaultHit();
    }

    @Test
    void a_put_that_is_refused_after_a_body_was_not_taken_is_known_not_to_be_stored() {
        faulty.on(Operation.PUT).between(1, 2).fail(Kind.NOT_TAKEN);
        faulty.on(Operation.PUT).nth(3).fail(Kind.FULL);
        assertFails(Kind.FULL, () -> store.putIfAbsent(KEY, BODY));
        faulty.assertEveryFaultHit();
    }

    @Test
    void a_body_that_was_not_taken_settles_no_try_before_it() {
        faulty.on(Operation.PUT).nth(1).thenLoseReply();
        faulty.on(Operation.PUT).nth(2).fail(Kind.NOT_TAKEN);
        faulty.on(Operation.PUT).nth(3).fail(Kind.FULL);
        assertFails(Kind.UNAVAILABLE, () -> store.putIfAbsent(KEY, BODY));
        faulty.assertEveryFaultHit();
    }
}
