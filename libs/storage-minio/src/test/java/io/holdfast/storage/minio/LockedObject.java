package io.holdfast.storage.minio;

import io.minio.GetObjectRetentionArgs;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.SetObjectRetentionArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.Retention;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** One key of a bucket with object lock, as who has all rights sees it. */
record LockedObject(MinioOwner owner, String bucket, String key) {

    /** Puts a version as the bucket's default locks it, whether the key exists or not; the version's id. */
    String put(String text) throws MinioException {
        return put(putting(text).build());
    }

    /** Puts a version with a date of one's own choice; its id. */
    String putDated(String text, String date) throws MinioException {
        return put(dated(text, date));
    }

    PutObjectArgs dated(String text, String date) {
        return putting(text).headers(Map.of("x-minio-source-mtime", date)).build();
    }

    /** What asks for a put unless the key exists. */
    PutObjectArgs.Builder puttingIfAbsent(String text) {
        return putting(text).headers(Map.of("If-None-Match", "*"));
    }

    PutObjectArgs.Builder putting(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        return PutObjectArgs.builder().bucket(bucket).object(key).data(body, body.length);
    }

    String put(PutObjectArgs args) throws MinioException {
        return owner.client().putObject(args).versionId();
    }

    /** Deletes without naming a version. */
    void delete() throws MinioException {
        owner.client().removeObject(deletion());
    }

    RemoveObjectArgs deletion() {
        return RemoveObjectArgs.builder().bucket(bucket).object(key).build();
    }

    /** Removes a version for good, with every right to. */
    void remove(String version) throws MinioException {
        owner.client()
                .removeObject(RemoveObjectArgs.builder()
                        .bucket(bucket)
                        .object(key)
                        .versionId(version)
                        .bypassGovernanceMode(true)
                        .build());
    }

    /** Sets a version's lock, with every right to. */
    void lock(String version, Retention retention) throws MinioException {
        owner.client()
                .setObjectRetention(SetObjectRetentionArgs.builder()
                        .bucket(bucket)
                        .object(key)
                        .versionId(version)
                        .config(retention)
                        .bypassGovernanceMode(true)
                        .build());
    }

    /** The newest version's lock. */
    Retention lock() throws MinioException {
        return owner.client()
                .getObjectRetention(GetObjectRetentionArgs.builder()
                        .bucket(bucket)
                        .object(key)
                        .build());
    }

    /** Newest first, then markers. */
    List<Item> versions() throws MinioException {
        return owner.versions(bucket, key);
    }

    /** What a read without a version gives. */
    String shown() throws MinioException, IOException {
        return new String(owner.read(bucket, key), StandardCharsets.UTF_8);
    }

    String read(String version) throws MinioException, IOException {
        return new String(owner.read(bucket, key, version), StandardCharsets.UTF_8);
    }

    /** What the version reads that is listed as the oldest one. */
    String oldest() throws MinioException, IOException {
        List<Item> versions =
                versions().stream().filter(item -> !item.isDeleteMarker()).toList();
        return read(versions.getLast().versionId());
    }
}
