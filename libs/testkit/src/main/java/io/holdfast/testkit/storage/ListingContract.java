package io.holdfast.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the port says of listings; a part of {@link ObjectStoreContract}. */
public abstract class ListingContract {

    /** Keys whose order tells byte order from the order of a walk through folders. */
    private static final List<String> TRICKY = List.of(
            "a-b", "a.b", "a/b", "a/b-c", "a/b.d/e", "a/b0", "a0", "a_", "aa/x", "ab", "b--", "b-/c", "b/-", "b/_",
            "ba");

    /** The store under test. */
    protected abstract ObjectStore store();

    @Test
    void a_listing_gives_every_object_once_in_the_order_of_the_keys_bytes_with_its_size() {
        List<String> shuffled = new ArrayList<>(TRICKY);
        Collections.shuffle(shuffled, new Random(1));
        shuffled.forEach(key -> put(key, key.length()));
        try (Stream<ObjectInfo> objects = store().list("")) {
            assertThat(objects)
                    .containsExactlyElementsOf(TRICKY.stream()
                            .sorted()
                            .map(key -> new ObjectInfo(new ObjectKey(key), key.length()))
                            .toList());
        }
    }

    @Test
    void a_prefix_is_a_prefix_of_the_string_and_not_a_folder() {
        TRICKY.forEach(key -> put(key, 1));
        for (String prefix :
                List.of("", "a", "a/", "a/b", "a/b.", "a/b.d/e", "b-", "b/", "aa", "c", "a/b.d/e/f", "../a")) {
            assertThat(listed(prefix))
                    .as("prefix %s", prefix)
                    .containsExactlyElementsOf(TRICKY.stream()
                            .filter(key -> key.startsWith(prefix))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void a_listing_begins_strictly_after_the_given_key_whether_it_exists_or_not() {
        TRICKY.forEach(key -> put(key, 1));
        for (String prefix : List.of("", "a", "a/", "b")) {
            for (String after :
                    List.of("", "a", "a-b", "a.", "a/", "a/b", "a/b.d/e", "a/b.z", "a0", "b/-", "ba", "zz")) {
                assertThat(listedAfter(prefix, after))
                        .as("prefix %s after %s", prefix, after)
                        .containsExactlyElementsOf(TRICKY.stream()
                                .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
                                .sorted()
                                .toList());
            }
        }
    }

    @Test
    void a_listing_of_2500_objects_goes_over_its_pages_without_loss() throws Exception {
        List<String> keys = IntStream.range(0, 2_500)
                .mapToObj(i -> String.format("%s/%02x/%04d", i % 3 == 0 ? "pack" : "map", i % 7, i))
                .toList();
        Together.spread(keys.size(), 16, i -> put(keys.get(i), 3));
        assertThat(listed("")).containsExactlyElementsOf(keys.stream().sorted().toList());
        assertThat(listed("pack/"))
                .containsExactlyElementsOf(keys.stream()
                        .filter(key -> key.startsWith("pack/"))
                        .sorted()
                        .toList());
        String middle = keys.stream().sorted().toList().get(1_200);
        assertThat(listedAfter("", middle))
                .hasSize(1_299)
                .first()
                .satisfies(key -> assertThat(key).isGreaterThan(middle));
        deletedMeanwhileOnlyThoseMayBeMissing(keys.stream().sorted().toList());
    }

    private void deletedMeanwhileOnlyThoseMayBeMissing(List<String> sorted) {
        List<String> seen = new ArrayList<>();
        try (Stream<ObjectInfo> objects = store().list("")) {
            Iterator<ObjectInfo> items = objects.iterator();
            while (items.hasNext()) {
                seen.add(items.next().key().value());
                if (seen.size() == 10) {
                    sorted.subList(2_000, 2_010).forEach(key -> store().delete(new ObjectKey(key)));
                }
            }
        }
        assertThat(seen).doesNotHaveDuplicates().isSorted().containsAll(sorted.subList(0, 2_000));
        assertThat(seen).containsAll(sorted.subList(2_010, 2_500));
    }

    @Test
    void a_listing_can_be_left_in_the_middle() {
        TRICKY.forEach(key -> put(key, 1));
        try (Stream<ObjectInfo> objects = store().list("")) {
            assertThat(objects.limit(2).map(info -> info.key().value())).hasSize(2);
        }
        assertThat(listed("")).hasSize(TRICKY.size());
    }

    @Test
    void an_empty_place_lists_nothing() {
        assertThat(listed("")).isEmpty();
        assertThat(listedAfter("x", "y")).isEmpty();
    }

    /** The keys that a listing gives. */
    protected final List<String> listed(String prefix) {
        try (Stream<ObjectInfo> objects = store().list(prefix)) {
            return objects.map(info -> info.key().value()).toList();
        }
    }

    private List<String> listedAfter(String prefix, String startAfter) {
        try (Stream<ObjectInfo> objects = store().list(prefix, startAfter)) {
            return objects.map(info -> info.key().value()).toList();
        }
    }

    private String put(String key, int size) {
        return store().putIfAbsent(new ObjectKey(key), new byte[size]).name();
    }
}
