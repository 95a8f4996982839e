package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.testkit.s3.MinioForTests;
import io.holdfast.testkit.s3.NeedsMinio;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.Item;
import io.minio.messages.Retention;
import io.minio.messages.RetentionMode;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a real MinIO does with locked objects. No test of our code: whoever builds on locks finds here what they may
 * count on, and a MinIO that behaves otherwise is noticed.
 */
@NeedsMinio
class ObjectLockFactsTest {

    /** Whatever is put there is locked for a day, in compliance mode. */
    private static final String BUCKET = "locked";

    private static final String LONG_AGO = "2001-01-01T00:00:00Z";

    private static MinioForTests server;
    private static MinioOwner owner;

    /** Of each test alone. */
    private LockedObject object;

    @BeforeAll
    static void start() throws Exception {
        server = MinioForTests.start();
        owner = MinioOwner.of(server);
        owner.makeLockedBucket(BUCKET);
    }

    @AfterAll
    static void end() {
        if (server != null) {
            owner.close();
            server.close();
        }
    }

    @BeforeEach
    void name() {
        object = new LockedObject(owner, BUCKET, "key-" + UUID.randomUUID());
    }

    @Test
    void a_put_may_bring_its_retention_and_demand_absence() throws Exception {
        Retention week = new Retention(RetentionMode.COMPLIANCE, inDays(7));
        object.put(object.puttingIfAbsent("first").retention(week).build());
        assertThat(object.lock().mode()).isEqualTo(RetentionMode.COMPLIANCE);
        assertThat(object.lock().retainUntilDate()).isEqualTo(week.retainUntilDate());
        PutObjectArgs again = object.puttingIfAbsent("second").retention(week).build();
        assertRefused("PreconditionFailed", () -> object.put(again));
        assertThat(object.shown()).isEqualTo("first");
    }

    @Test
    void a_put_may_weaken_the_lock_that_the_bucket_gives() throws Exception {
        Retention weak = new Retention(RetentionMode.GOVERNANCE, inDays(1));
        String version = object.put(object.putting("first").retention(weak).build());
        assertThat(object.lock().mode()).isEqualTo(RetentionMode.GOVERNANCE);
        object.remove(version);
        assertThat(object.versions()).isEmpty();
    }

    @Test
    void nobody_removes_overwrites_or_unlocks_a_locked_version() throws Exception {
        String version = object.put("first");
        assertRefused("InvalidRequest", () -> object.remove(version));
        PutObjectArgs inPlace = object.putting("second")
                .extraQueryParams(Map.of("versionId", version))
                .build();
        assertRefused("InvalidRequest", () -> object.put(inPlace));
        for (RetentionMode mode : RetentionMode.values()) {
            Retention shorter = new Retention(mode, now().plusHours(1));
            assertRefused("InvalidRequest", () -> object.lock(version, shorter));
        }
        assertThat(object.read(version)).isEqualTo("first");
    }

    @Test
    void a_lock_is_prolonged() throws Exception {
        String version = object.put("first");
        ZonedDateTime later = inDays(30);
        object.lock(version, new Retention(RetentionMode.COMPLIANCE, later));
        assertThat(object.lock().retainUntilDate()).isEqualTo(later);
    }

    @Test
    void a_delete_hides_a_locked_object_behind_a_marker_and_its_version_is_still_listed_and_read() throws Exception {
        String version = object.put("first");
        object.delete();
        assertRefused("NoSuchKey", () -> object.shown());
        List<Item> versions = object.versions();
        assertThat(versions).extracting(Item::isDeleteMarker).containsExactly(false, true);
        assertThat(versions.getFirst().versionId()).isEqualTo(version);
        assertThat(object.read(version)).isEqualTo("first");
    }

    @Test
    void a_marker_is_not_locked_and_without_it_the_object_is_back() throws Exception {
        object.put("first");
        object.delete();
        object.remove(object.versions().getLast().versionId());
        assertThat(object.shown()).isEqualTo("first");
    }

    @Test
    void whoever_may_put_shadows_a_locked_object_and_the_oldest_version_is_still_the_first_one() throws Exception {
        object.put("first");
        object.put("shadow");
        object.delete();
        object.put("later shadow");
        assertThat(object.shown()).isEqualTo("later shadow");
        assertThat(object.oldest()).isEqualTo("first");
    }

    /** Absence is asked of what is seen: after a delete an honest writer's put goes through, too. */
    @Test
    void a_put_that_demands_absence_makes_a_second_version_after_a_delete() throws Exception {
        object.put("first");
        object.delete();
        object.put(object.puttingIfAbsent("second").build());
        assertThat(object.shown()).isEqualTo("second");
        assertThat(object.oldest()).isEqualTo("first");
    }

    /**
     * MinIO believes a header of its own replication from everybody, also from who may only put. So the oldest version
     * need not be the first one.
     */
    @Test
    void whoever_may_put_can_date_a_version_back_before_the_first_one() throws Exception {
        String version = object.put("first");
        MinioClient writer = owner.whoMay(BUCKET, "s3:PutObject");
        assertRefused("AccessDenied", () -> writer.removeObject(object.deletion()));
        writer.putObject(object.dated("forged", LONG_AGO));
        assertThat(object.oldest()).isEqualTo("forged");
        assertThat(object.shown()).isEqualTo("first");
        assertThat(object.read(version)).isEqualTo("first");
    }

    @Test
    void the_version_that_a_put_was_told_reads_its_bytes_whatever_was_put_around_it() throws Exception {
        String version = object.put("first");
        object.put("shadow");
        object.putDated("forged", LONG_AGO);
        object.delete();
        assertThat(object.versions()).hasSize(4);
        assertThat(object.read(version)).isEqualTo("first");
    }

    private static ZonedDateTime now() {
        return ZonedDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
    }

    private static ZonedDateTime inDays(int days) {
        return now().plusDays(days);
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ErrorResponseException.class,
                        e -> assertThat(e.errorResponse().code()).isEqualTo(code));
    }
}
