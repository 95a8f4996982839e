package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.testkit.s3.MinioBinary;
import io.holdfast.testkit.s3.MinioForTests;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real MinIO whose drive has no room left. */
class FullMinioTest {

    /** Large objects have files of their own, small ones lie in their metadata's: MinIO fails differently. */
    @ParameterizedTest
    @ValueSource(ints = {5_000_000, 300_000, 60_000})
    void it_is_told_full_at_once_and_reading_and_deleting_go_on(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        try (MinioForTests small = MinioForTests.startWithRoom(MinioBinary.orSkip(), "40m");
                ObjectStore store = MinioContract.open(
                        small, "full", StoreOptions.standard().creating())) {
            int created = 0;
            Kind failure = Kind.OTHER;
            try {
                while (store.putIfAbsent(key(created), body) == PutResult.CREATED) {
                    created++;
                }
            } catch (StorageException e) {
                failure = e.kind();
            }
            assertThat(failure).isEqualTo(Kind.FULL);
            assertThat(store.list("").toList()).hasSize(created);
            assertThat(store.get(key(0), body.length)).contains(body);
            assertThat(store.head(key(created))).isEmpty();
            store.delete(key(0));
            assertThat(store.list("").toList()).hasSize(created - 1);
        }
    }

    private static ObjectKey key(int number) {
        return ObjectKey.of("o" + number);
    }
}
