package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testkit.s3.MinioBinary;
import io.holdfast.testkit.s3.MinioForTests;
import io.minio.GetObjectRetentionArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.SetObjectRetentionArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;
import io.minio.messages.Retention;
import io.minio.messages.RetentionMode;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a real MinIO does with locked objects. No test of our code: whoever builds on locks finds here what they may
 * count on, and a MinIO that behaves otherwise is noticed.
 */
class ObjectLockFactsTest {

    private static final String BUCKET = "locked";
    private static final String LONG_AGO = "2001-01-01T00:00:00Z";

    private static MinioForTests server;
    private static MinioOwner owner;
    private static MinioClient client;

    /** Of this test alone. */
    private final String key = "key-" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        server = MinioForTests.start(MinioBinary.orSkip());
        owner = MinioOwner.of(server);
        client = owner.client();
        owner.makeLockedBucket(BUCKET);
    }

    @AfterAll
    static void end() {
        if (server != null) {
            owner.close();
            server.close();
        }
    }

    @Test
    void a_put_may_bring_its_retention_and_demand_absence() throws Exception {
        Retention week = new Retention(RetentionMode.COMPLIANCE, inDays(7));
        client.putObject(put("first")
                .retention(week)
                .headers(Map.of("If-None-Match", "*"))
                .build());
        assertThat(retention().mode()).isEqualTo(RetentionMode.COMPLIANCE);
        assertThat(retention().retainUntilDate()).isEqualTo(week.retainUntilDate());
        PutObjectArgs again = put("second")
                .retention(week)
                .headers(Map.of("If-None-Match", "*"))
                .build();
        assertRefused("PreconditionFailed", () -> client.putObject(again));
        assertThat(read(null)).isEqualTo("first");
    }

    @Test
    void a_put_may_weaken_the_lock_that_the_bucket_gives() throws Exception {
        Retention weak = new Retention(RetentionMode.GOVERNANCE, inDays(0).plusMinutes(5));
        String version = client.putObject(put("first").retention(weak).build()).versionId();
        assertThat(retention().mode()).isEqualTo(RetentionMode.GOVERNANCE);
        client.removeObject(remove(version).bypassGovernanceMode(true).build());
        assertThat(owner.versions(BUCKET, key)).isEmpty();
    }

    @Test
    void nobody_removes_overwrites_or_unlocks_a_locked_version() throws Exception {
        String version = putLocked("first");
        assertRefused(
                "InvalidRequest",
                () -> client.removeObject(
                        remove(version).bypassGovernanceMode(true).build()));
        PutObjectArgs inPlace =
                put("second").extraQueryParams(Map.of("versionId", version)).build();
        assertRefused("InvalidRequest", () -> client.putObject(inPlace));
        for (RetentionMode mode : RetentionMode.values()) {
            Retention shorter = new Retention(mode, inDays(0).plusHours(1));
            assertRefused("InvalidRequest", () -> client.setObjectRetention(retain(version, shorter)));
        }
        assertThat(read(version)).isEqualTo("first");
    }

    @Test
    void a_lock_is_prolonged_by_whoever_may_set_it() throws Exception {
        String version = putLocked("first");
        client.setObjectRetention(retain(version, new Retention(RetentionMode.COMPLIANCE, inDays(30))));
        assertThat(retention().retainUntilDate()).isEqualTo(inDays(30));
    }

    @Test
    void a_delete_hides_a_locked_object_behind_a_marker_and_its_version_is_still_read() throws Exception {
        String version = putLocked("first");
        client.removeObject(remove(null).build());
        assertRefused("NoSuchKey", () -> read(null));
        List<Item> versions = owner.versions(BUCKET, key);
        assertThat(versions).extracting(Item::isDeleteMarker).containsExactly(false, true);
        assertThat(versions.getFirst().versionId()).isEqualTo(version);
        assertThat(read(version)).isEqualTo("first");
    }

    @Test
    void a_marker_is_not_locked_and_without_it_the_object_is_back() throws Exception {
        putLocked("first");
        client.removeObject(remove(null).build());
        String marker = owner.versions(BUCKET, key).getLast().versionId();
        client.removeObject(remove(marker).build());
        assertThat(read(null)).isEqualTo("first");
    }

    @Test
    void whoever_may_put_shadows_a_locked_object_and_the_oldest_version_is_still_the_first_one() throws Exception {
        putLocked("first");
        putLocked("shadow");
        client.removeObject(remove(null).build());
        putLocked("later shadow");
        assertThat(read(null)).isEqualTo("later shadow");
        assertThat(oldest()).isEqualTo("first");
    }

    /** Absence is asked of what is seen: a marker lets an honest writer's put through, too. */
    @Test
    void a_put_that_demands_absence_makes_a_second_version_after_a_delete() throws Exception {
        putLocked("first");
        client.removeObject(remove(null).build());
        client.putObject(put("second").headers(Map.of("If-None-Match", "*")).build());
        assertThat(read(null)).isEqualTo("second");
        assertThat(oldest()).isEqualTo("first");
    }

    /**
     * MinIO believes a header of its own replication from everybody, also from who may only put. So the oldest version
     * is not proof of being the first one.
     */
    @Test
    void whoever_may_put_can_date_a_version_back_before_the_first_one() throws Exception {
        String version = putLocked("first");
        MinioClient writer = owner.whoMay(BUCKET, "s3:PutObject");
        assertRefused("AccessDenied", () -> writer.removeObject(remove(null).build()));
        writer.putObject(
                put("forged").headers(Map.of("x-minio-source-mtime", LONG_AGO)).build());
        assertThat(oldest()).isEqualTo("forged");
        assertThat(read(null)).isEqualTo("first");
        assertThat(read(version)).isEqualTo("first");
    }

    @Test
    void the_version_that_a_put_was_told_reads_its_bytes_whatever_was_put_around_it() throws Exception {
        String version = putLocked("first");
        putLocked("shadow");
        client.putObject(
                put("forged").headers(Map.of("x-minio-source-mtime", LONG_AGO)).build());
        client.removeObject(remove(null).build());
        assertThat(read(version)).isEqualTo("first");
        assertThat(owner.versions(BUCKET, key)).hasSize(4);
    }

    private static ZonedDateTime inDays(int days) {
        return ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).plusDays(days + 1);
    }

    private PutObjectArgs.Builder put(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        return PutObjectArgs.builder().bucket(BUCKET).object(key).data(body, body.length);
    }

    /** Puts as the bucket's default locks it, whether the key exists or not; its version. */
    private String putLocked(String text) throws Exception {
        return client.putObject(put(text).build()).versionId();
    }

    private RemoveObjectArgs.Builder remove(String version) {
        return RemoveObjectArgs.builder().bucket(BUCKET).object(key).versionId(version);
    }

    private SetObjectRetentionArgs retain(String version, Retention retention) {
        return SetObjectRetentionArgs.builder()
                .bucket(BUCKET)
                .object(key)
                .versionId(version)
                .config(retention)
                .bypassGovernanceMode(true)
                .build();
    }

    private Retention retention() throws Exception {
        return client.getObjectRetention(
                GetObjectRetentionArgs.builder().bucket(BUCKET).object(key).build());
    }

    private String oldest() throws Exception {
        List<Item> versions = owner.versions(BUCKET, key).stream()
                .filter(item -> !item.isDeleteMarker())
                .toList();
        return read(versions.getLast().versionId());
    }

    private String read(String version) throws Exception {
        return new String(owner.read(BUCKET, key, version), StandardCharsets.UTF_8);
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrorResponseException.class,
                        e -> assertThat(e.errorResponse().code()).isEqualTo(code));
    }
}
