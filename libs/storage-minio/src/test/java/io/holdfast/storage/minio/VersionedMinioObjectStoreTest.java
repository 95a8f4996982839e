package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.PutResult;
import io.holdfast.testkit.storage.Together;
import io.minio.messages.Item;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract on a bucket with versions, and what lies beneath it there. */
class VersionedMinioObjectStoreTest extends MinioContract {

    private static final ObjectKey KEY = ObjectKey.of("key");

    @Override
    protected void makeBucket(MinioOwner owner) throws Exception {
        owner.makeVersionedBucket(BUCKET);
    }

    @Test
    void what_was_deleted_stays_beneath_a_marker_and_takes_room() throws Exception {
        store().putIfAbsent(KEY, text("first"));
        store().delete(KEY);
        store().putIfAbsent(KEY, text("second"));
        String path = folder() + "/" + KEY;
        try (MinioOwner owner = owner()) {
            List<Item> versions = owner.versions(BUCKET, path);
            assertThat(versions).extracting(Item::isDeleteMarker).containsExactly(false, false, true);
            assertThat(owner.read(BUCKET, path, versions.get(0).versionId())).isEqualTo(text("second"));
            assertThat(owner.read(BUCKET, path, versions.get(1).versionId())).isEqualTo(text("first"));
        }
    }

    @Test
    void a_second_put_of_the_same_key_leaves_no_version() throws Exception {
        store().putIfAbsent(KEY, text("first"));
        assertThat(store().putIfAbsent(KEY, text("second"))).isEqualTo(PutResult.EXISTS);
        try (MinioOwner owner = owner()) {
            assertThat(owner.versions(BUCKET, folder() + "/" + KEY)).hasSize(1);
        }
    }

    @Test
    void deleting_what_was_deleted_or_never_was_leaves_no_further_marker() throws Exception {
        store().putIfAbsent(KEY, text("first"));
        store().delete(KEY);
        store().delete(KEY);
        store().delete(ObjectKey.of("never"));
        try (MinioOwner owner = owner()) {
            assertThat(owner.versions(BUCKET, folder() + "/"))
                    .filteredOn(Item::isDeleteMarker)
                    .hasSize(1);
        }
    }

    @Test
    void a_listing_goes_past_pages_of_which_everything_was_deleted() throws Exception {
        List<ObjectKey> keys = Stream.iterate(0, i -> i < 2_500, i -> i + 1)
                .map(i -> ObjectKey.of("deleted", "o" + (10_000 + i)))
                .toList();
        Together.spread(keys.size(), 16, i -> store().putIfAbsent(keys.get(i), text("x")));
        ObjectKey last = ObjectKey.of("last");
        store().putIfAbsent(last, text("x"));
        Together.spread(keys.size(), 16, i -> {
            store().delete(keys.get(i));
            return i;
        });
        assertThat(listed("")).containsExactly(last.value());
        assertThat(listed("deleted/")).isEmpty();
        assertThat(store().putIfAbsent(keys.get(7), text("again"))).isEqualTo(PutResult.CREATED);
        assertThat(listed("deleted/")).containsExactly(keys.get(7).value());
    }
}
