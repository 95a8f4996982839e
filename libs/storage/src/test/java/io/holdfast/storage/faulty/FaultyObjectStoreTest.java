package io.holdfast.storage.faulty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.InMemoryObjectStore;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.Operation;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FaultyObjectStoreTest {

    private static final ObjectKey KEY = ObjectKey.of("key");
    private static final byte[] BODY = {1, 2, 3, 4};

    private final InMemoryObjectStore memory = new InMemoryObjectStore();
    private final FaultyObjectStore faulty = new FaultyObjectStore(memory);

    @Test
    void without_a_script_all_goes_through() {
        assertThat(faulty.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.CREATED);
        assertThat(faulty.get(KEY, 10)).contains(BODY);
        faulty.assertEveryFaultHit();
    }

    @Test
    void only_the_call_of_that_number_fails_and_does_not_reach_the_store() {
        faulty.on(Operation.PUT).nth(2).fail(Kind.FULL);
        faulty.putIfAbsent(ObjectKey.of("one"), BODY);
        assertFails(Kind.FULL, () -> faulty.putIfAbsent(KEY, BODY));
        assertThat(memory.head(KEY)).isEmpty();
        assertThat(faulty.putIfAbsent(KEY, BODY)).isEqualTo(PutResult.CREATED);
        faulty.assertEveryFaultHit();
    }

    @Test
    void only_calls_of_the_chosen_keys_are_counted() {
        faulty.on(Operation.PUT).forKey(KEY).nth(1).fail(Kind.FULL);
        faulty.putIfAbsent(ObjectKey.of("one"), BODY);
        assertFails(Kind.FULL, () -> faulty.putIfAbsent(KEY, BODY));
    }

    @Test
    void a_lost_reply_is_lost_after_the_deed() {
        faulty.on(Operation.PUT).nth(1).thenLoseReply();
        assertFails(Kind.UNAVAILABLE, () -> faulty.putIfAbsent(KEY, BODY));
        assertThat(memory.get(KEY, 10)).contains(BODY);
    }

    @Test
    void answers_and_stored_bodies_can_be_damaged() {
        memory.putIfAbsent(KEY, BODY);
        faulty.on(Operation.GET).nth(1).truncate();
        faulty.on(Operation.RANGE).nth(1).flipBit();
        faulty.on(Operation.PUT).nth(1).flipBit();
        assertThat(faulty.get(KEY, 10)).contains(new byte[] {1, 2});
        assertThat(faulty.getRange(KEY, 0, 4)).isEqualTo(new byte[] {1, 2, 3 ^ 0x10, 4});
        faulty.putIfAbsent(ObjectKey.of("other"), BODY);
        assertThat(memory.get(ObjectKey.of("other"), 10)).contains(new byte[] {1, 2, 3 ^ 0x10, 4});
        assertThat(BODY).isEqualTo(new byte[] {1, 2, 3, 4});
        faulty.assertEveryFaultHit();
    }

    @Test
    void a_call_is_held_until_it_is_released() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        ScriptedFault held = faulty.on(Operation.PUT).hold(release);
        Thread writer = Thread.ofVirtual().start(() -> faulty.putIfAbsent(KEY, BODY));
        assertThat(held.awaitHit(Duration.ofSeconds(10))).isTrue();
        assertThat(memory.head(KEY)).isEmpty();
        release.countDown();
        writer.join();
        assertThat(memory.head(KEY)).isPresent();
    }

    @Test
    void something_can_happen_between_the_deed_and_the_reply() {
        AtomicBoolean there = new AtomicBoolean();
        faulty.on(Operation.PUT).after(() -> there.set(memory.head(KEY).isPresent()));
        faulty.putIfAbsent(KEY, BODY);
        assertThat(there).isTrue();
    }

    @Test
    void a_fault_that_was_never_hit_is_told() {
        faulty.on(Operation.DELETE).nth(3).fail(Kind.OTHER);
        faulty.delete(KEY);
        assertThatThrownBy(faulty::assertEveryFaultHit)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("DELETE calls 3 to 3: Fail (1 calls so far)");
    }

    private static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
