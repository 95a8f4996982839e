package io.holdfast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ObjectStore} does: each sentence of the port has its test here (listings: {@link ListingContract}).
 * One subclass for each implementation.
 */
public abstract class ObjectStoreContract extends ListingContract {

    private static final ObjectKey KEY = ObjectKey.of("pack", "00-first.pack");

    /** A new, empty store. Closed after each test. */
    protected abstract ObjectStore open() throws Exception;

    private ObjectStore store;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    protected final ObjectStore store() {
        return store;
    }

    @Test
    void what_was_put_is_read_whole_by_every_way_of_reading() {
        byte[] body = bytes(100_000);
        assertThat(store.putIfAbsent(KEY, body)).isEqualTo(PutResult.CREATED);
        assertThat(store.get(KEY, body.length)).contains(body);
        assertThat(store.getRange(KEY, 0, body.length)).isEqualTo(body);
        assertThat(store.head(KEY)).contains(new ObjectInfo(KEY, body.length));
        assertThat(listed("")).containsExactly(KEY.value());
    }

    @Test
    void an_absent_object_is_empty_to_get_and_head_and_not_found_to_a_range() {
        assertThat(store.get(KEY, 10)).isEmpty();
        assertThat(store.head(KEY)).isEmpty();
        assertFails(Kind.NOT_FOUND, () -> store.getRange(KEY, 0, 1));
        assertFails(Kind.NOT_FOUND, () -> store.getRange(KEY, 0, 0));
    }

    @Test
    void a_second_put_changes_nothing() {
        store.putIfAbsent(KEY, text("first"));
        assertThat(store.putIfAbsent(KEY, text("second"))).isEqualTo(PutResult.EXISTS);
        assertThat(store.putIfAbsent(KEY, text("first"))).isEqualTo(PutResult.EXISTS);
        assertThat(store.get(KEY, 100)).contains(text("first"));
    }

    @Test
    void of_sixteen_racing_writers_exactly_one_is_told_created_and_its_bytes_stay() throws Exception {
        for (int round = 0; round < 10; round++) {
            ObjectKey key = ObjectKey.of("race", "round-" + round);
            List<PutResult> results = Together.race(16, writer -> store.putIfAbsent(key, filled(writer)));
            assertThat(Collections.frequency(results, PutResult.CREATED)).isEqualTo(1);
            assertThat(store.get(key, 100_000)).contains(filled(results.indexOf(PutResult.CREATED)));
        }
    }

    @Test
    void after_a_delete_exactly_one_of_racing_writers_is_told_created_again() throws Exception {
        for (int round = 0; round < 5; round++) {
            store.delete(KEY);
            assertThat(store.get(KEY, 100_000)).isEmpty();
            List<PutResult> results = Together.race(16, writer -> store.putIfAbsent(KEY, filled(writer)));
            assertThat(Collections.frequency(results, PutResult.CREATED)).isEqualTo(1);
            assertThat(store.get(KEY, 100_000)).contains(filled(results.indexOf(PutResult.CREATED)));
        }
    }

    @Test
    void no_reader_ever_sees_a_part_of_an_object() throws Exception {
        byte[] body = bytes(8 << 20);
        AtomicBoolean done = new AtomicBoolean();
        Together.race(4, thread -> {
            if (thread == 0) {
                store.putIfAbsent(KEY, body);
                done.set(true);
            }
            while (!done.get()) {
                assertThat(store.head(KEY).map(ObjectInfo::size).orElse((long) body.length))
                        .isEqualTo(body.length);
                assertThat(store.get(KEY, body.length).orElse(body)).isEqualTo(body);
            }
            return thread;
        });
        assertThat(store.get(KEY, body.length)).contains(body);
    }

    @Test
    void the_body_is_neither_changed_nor_kept() {
        byte[] body = bytes(1_000);
        byte[] copy = body.clone();
        store.putIfAbsent(KEY, body);
        assertThat(body).isEqualTo(copy);
        Arrays.fill(body, (byte) 0);
        assertThat(store.get(KEY, 1_000)).contains(copy);
    }

    @Test
    void an_answer_belongs_to_the_caller_alone() {
        store.putIfAbsent(KEY, text("stays"));
        Arrays.fill(store.get(KEY, 100).orElseThrow(), (byte) 0);
        assertThat(store.get(KEY, 100)).contains(text("stays"));
    }

    @Test
    void an_empty_object_is_an_object() {
        assertThat(store.putIfAbsent(KEY, new byte[0])).isEqualTo(PutResult.CREATED);
        assertThat(store.putIfAbsent(KEY, text("x"))).isEqualTo(PutResult.EXISTS);
        assertThat(store.get(KEY, 0)).contains(new byte[0]);
        assertThat(store.getRange(KEY, 0, 0)).isEmpty();
        assertThat(store.head(KEY)).contains(new ObjectInfo(KEY, 0));
        assertFails(Kind.RANGE, () -> store.getRange(KEY, 0, 1));
    }

    @Test
    void the_largest_object_is_taken_and_one_byte_more_is_refused() {
        byte[] body = bytes((int) ObjectStore.MAX_OBJECT_BYTES);
        assertThat(store.putIfAbsent(KEY, body)).isEqualTo(PutResult.CREATED);
        assertThat(Arrays.equals(store.get(KEY, body.length).orElseThrow(), body))
                .isTrue();
        int middle = body.length / 2 + 7;
        assertThat(store.getRange(KEY, middle, 5_000)).isEqualTo(Arrays.copyOfRange(body, middle, middle + 5_000));
        ObjectKey other = ObjectKey.of("too-large");
        assertFails(Kind.TOO_LARGE, () -> store.putIfAbsent(other, new byte[body.length + 1]));
        assertThat(store.head(other)).isEmpty();
    }

    @Test
    void an_object_longer_than_the_caller_allows_is_not_read() {
        store.putIfAbsent(KEY, bytes(1_000));
        assertThat(store.get(KEY, 1_000)).isPresent();
        assertFails(Kind.TOO_LARGE, () -> store.get(KEY, 999));
        assertFails(Kind.TOO_LARGE, () -> store.get(KEY, 0));
        assertThatThrownBy(() -> store.get(KEY, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_range_is_given_exactly_when_it_lies_wholly_inside() {
        byte[] body = bytes(1_000);
        store.putIfAbsent(KEY, body);
        assertThat(store.getRange(KEY, 10, 20)).isEqualTo(Arrays.copyOfRange(body, 10, 30));
        assertThat(store.getRange(KEY, 999, 1)).isEqualTo(Arrays.copyOfRange(body, 999, 1_000));
        assertThat(store.getRange(KEY, 500, 0)).isEmpty();
        assertThat(store.getRange(KEY, 1_000, 0)).isEmpty();
        assertFails(Kind.RANGE, () -> store.getRange(KEY, 999, 2));
        assertFails(Kind.RANGE, () -> store.getRange(KEY, 1_000, 1));
        assertFails(Kind.RANGE, () -> store.getRange(KEY, 1_001, 0));
        assertFails(Kind.RANGE, () -> store.getRange(KEY, Long.MAX_VALUE, Integer.MAX_VALUE));
        assertThatThrownBy(() -> store.getRange(KEY, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.getRange(KEY, 1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_is_deleted_is_gone_and_deleting_it_again_is_no_error() {
        store.putIfAbsent(KEY, text("first"));
        store.delete(KEY);
        store.delete(KEY);
        store.delete(ObjectKey.of("never", "was"));
        assertThat(store.get(KEY, 100)).isEmpty();
        assertThat(store.head(KEY)).isEmpty();
        assertThat(listed("")).isEmpty();
        assertThat(store.putIfAbsent(KEY, text("second"))).isEqualTo(PutResult.CREATED);
        assertThat(store.get(KEY, 100)).contains(text("second"));
    }

    @Test
    void the_longest_keys_work() {
        String segment = "s".repeat(128);
        ObjectKey wide = ObjectKey.of(segment, segment, segment, segment, segment, "0123456789.0123456789-0123456789_");
        ObjectKey deep = new ObjectKey("d/".repeat(19) + "d");
        for (ObjectKey key : List.of(wide, deep)) {
            assertThat(store.putIfAbsent(key, text("x"))).isEqualTo(PutResult.CREATED);
            assertThat(store.get(key, 1)).contains(text("x"));
        }
        assertThat(listed("")).containsExactly(deep.value(), wide.value());
    }

    @Test
    void an_interrupted_thread_is_told_cancelled_and_stays_interrupted() throws Exception {
        ObjectKey present = ObjectKey.of("present");
        store.putIfAbsent(present, text("x"));
        List<ThrowingCallable> calls = List.of(
                () -> store.putIfAbsent(KEY, text("x")),
                () -> store.get(present, 10),
                () -> store.getRange(present, 0, 1),
                () -> store.head(present),
                () -> listed(""),
                () -> store.delete(present));
        Together.spread(calls.size(), 1, number -> {
            Thread.currentThread().interrupt();
            assertFails(Kind.CANCELLED, calls.get(number));
            assertThat(Thread.interrupted()).isTrue();
            return number;
        });
        assertThat(store.get(present, 10)).contains(text("x"));
    }

    @Test
    void the_description_names_the_place() {
        assertThat(store.describe()).isNotBlank().doesNotContain("\n");
    }

    /** Asserts that {@code call} fails for this reason. */
    protected static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class,
                        e -> assertThat(e.kind()).as(e.toString()).isEqualTo(kind));
    }

    /** Bytes that do not compress and do not repeat; the same ones for the same length. */
    protected static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] filled(int writer) {
        byte[] bytes = new byte[50_000 + writer];
        Arrays.fill(bytes, (byte) writer);
        return bytes;
    }

    /** A text's bytes. */
    protected static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
