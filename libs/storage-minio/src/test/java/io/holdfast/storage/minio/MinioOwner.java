package io.holdfast.storage.minio;

import io.holdfast.testkit.s3.MinioForTests;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.Result;
import io.minio.SetBucketVersioningArgs;
import io.minio.SetObjectLockConfigurationArgs;
import io.minio.credentials.AssumeRoleProvider;
import io.minio.credentials.Provider;
import io.minio.credentials.StaticProvider;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.ObjectLockConfiguration;
import io.minio.messages.RetentionMode;
import io.minio.messages.VersioningConfiguration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;

/** Does what the port cannot: makes buckets with versions and locks, and looks beneath what a bucket shows. */
final class MinioOwner implements AutoCloseable {

    private static final String REGION = "us-east-1";

    private final MinioForTests server;
    private final MinioClient client;
    private final OkHttpClient http = new OkHttpClient();

    private MinioOwner(MinioForTests server) {
        this.server = server;
        this.client = client(new StaticProvider(server.accessKey(), server.secretKey(), null));
    }

    static MinioOwner of(MinioForTests server) {
        return new MinioOwner(server);
    }

    private MinioClient client(Provider credentials) {
        return MinioClient.builder()
                .endpoint(server.endpoint().toString())
                .credentialsProvider(credentials)
                .region(REGION)
                .httpClient(http)
                .build();
    }

    /** Somebody who has this one right on the objects of the bucket and no other. */
    MinioClient whoMay(String bucket, String action) throws MinioException {
        String policy = """
                {"Version": "2012-10-17", "Statement":
                  [{"Effect": "Allow", "Action": "%s", "Resource": "arn:aws:s3:::%s/*"}]}""".formatted(action, bucket);
        String endpoint = server.endpoint().toString();
        return client(new AssumeRoleProvider(
                endpoint, server.accessKey(), server.secretKey(), null, policy, REGION, null, null, null, http));
    }

    MinioClient client() {
        return client;
    }

    void makeVersionedBucket(String bucket) throws MinioException {
        client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build());
        client.setBucketVersioning(SetBucketVersioningArgs.builder()
                .bucket(bucket)
                .config(new VersioningConfiguration(VersioningConfiguration.Status.ENABLED, null, null, null))
                .build());
    }

    /** Whatever is put there is locked for a day that nobody shortens. */
    void makeLockedBucket(String bucket) throws MinioException {
        client.makeBucket(
                MakeBucketArgs.builder().bucket(bucket).objectLock(true).build());
        client.setObjectLockConfiguration(SetObjectLockConfigurationArgs.builder()
                .bucket(bucket)
                .config(new ObjectLockConfiguration(
                        RetentionMode.COMPLIANCE, new ObjectLockConfiguration.RetentionDurationDays(1)))
                .build());
    }

    /** Every version of what begins with {@code prefix}, newest first; markers of deletions come after all others. */
    List<Item> versions(String bucket, String prefix) throws MinioException {
        ListObjectsArgs args = ListObjectsArgs.builder()
                .bucket(bucket)
                .prefix(prefix)
                .recursive(true)
                .includeVersions(true)
                .build();
        List<Item> items = new ArrayList<>();
        for (Result<Item> result : client.listObjects(args)) {
            items.add(result.get());
        }
        return items;
    }

    byte[] read(String bucket, String key, String version) throws MinioException, IOException {
        return read(GetObjectArgs.builder().bucket(bucket).object(key).versionId(version));
    }

    byte[] read(String bucket, String key) throws MinioException, IOException {
        return read(GetObjectArgs.builder().bucket(bucket).object(key));
    }

    private byte[] read(GetObjectArgs.Builder args) throws MinioException, IOException {
        try (var body = client.getObject(args.build())) {
            return body.readAllBytes();
        }
    }

    @Override
    public void close() {
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
