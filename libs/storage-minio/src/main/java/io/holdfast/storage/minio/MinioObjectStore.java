package io.holdfast.storage.minio;

import io.holdfast.storage.Arguments;
import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.storage.PutResult;
import io.holdfast.storage.StorageException;
import io.holdfast.storage.StorageException.Kind;
import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.ListObjectsV2Args;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.ListBucketResultV2;
import java.util.Map;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A bucket of an S3 server, or a part of it. Each method but a listing is one request. */
public final class MinioObjectStore implements ObjectStore {

    private final ObjectStoreUrl.S3 url;
    private final String folder;
    private final Requests requests;
    private final MinioAsyncClient client;

    private MinioObjectStore(ObjectStoreUrl.S3 url, Credentials credentials, ConnectionOptions options) {
        this.url = url;
        this.folder = url.prefix().isEmpty() ? "" : url.prefix() + "/";
        this.requests = new Requests(options, new S3Failures(url.toString()));
        this.client = MinioAsyncClient.builder()
                .endpoint(url.endpoint())
                .region(options.region())
                .credentials(credentials.accessKey(), credentials.secretKey())
                .httpClient(requests.http())
                .build();
    }

    /** Opens a store; asks the server nothing. */
    public static MinioObjectStore open(ObjectStoreUrl.S3 url, Credentials credentials, ConnectionOptions options) {
        return new MinioObjectStore(url, credentials, options);
    }

    /** Makes the bucket unless it exists. Nothing else ever makes one. */
    public void createBucketIfAbsent() {
        if (!bucketExists()) {
            MakeBucketArgs args = MakeBucketArgs.builder().bucket(url.bucket()).build();
            requests.run(() -> client.makeBucket(args).handle((done, failure) -> isMade(failure)));
        }
    }

    private static boolean isMade(@Nullable Throwable failure) {
        if (failure == null || code(failure).equals("BucketAlreadyOwnedByYou")) {
            return true;
        }
        throw new CompletionException(failure);
    }

    private boolean bucketExists() {
        BucketExistsArgs args = BucketExistsArgs.builder().bucket(url.bucket()).build();
        return requests.run(() -> client.bucketExists(args));
    }

    @Override
    public PutResult putIfAbsent(ObjectKey key, byte[] body) {
        Arguments.checkBody(key, body);
        PutObjectArgs args = PutObjectArgs.builder()
                .bucket(url.bucket())
                .object(folder + key)
                .data(body, body.length)
                .contentType("application/octet-stream")
                .headers(Map.of("If-None-Match", "*"))
                .build();
        return requests.run(() ->
                client.putObject(args).thenApply(done -> PutResult.CREATED).exceptionally(MinioObjectStore::existsOr));
    }

    private static PutResult existsOr(Throwable failure) {
        if (code(failure).equals("PreconditionFailed")) {
            return PutResult.EXISTS;
        }
        throw new CompletionException(failure);
    }

    private static String code(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof ErrorResponseException e
                ? String.valueOf(e.errorResponse().code())
                : "";
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxBytes) {
        Arguments.checkMaxBytes(maxBytes);
        GetObjectArgs args = getArgs(key).fetchChecksum(true).build();
        ReplyBody reply = new ReplyBody(key);
        return unlessAbsent(() -> requests.run(() -> client.getObject(args), answer -> reply.whole(answer, maxBytes)));
    }

    @Override
    public byte[] getRange(ObjectKey key, long offset, int length) {
        Arguments.checkRange(offset, length);
        if (length == 0 || offset > Long.MAX_VALUE - length) {
            // HTTP cannot ask for nothing, nor for what lies beyond its numbers.
            ObjectInfo found = head(key).orElseThrow(() -> Arguments.notFound(key));
            Arguments.checkInside(key, offset, length, found.size());
            return new byte[0];
        }
        GetObjectArgs args = getArgs(key).offset(offset).length((long) length).build();
        ReplyBody reply = new ReplyBody(key);
        return requests.run(() -> client.getObject(args), answer -> reply.range(answer, offset, length));
    }

    private GetObjectArgs.Builder getArgs(ObjectKey key) {
        return GetObjectArgs.builder().bucket(url.bucket()).object(folder + key);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        StatObjectArgs args = StatObjectArgs.builder()
                .bucket(url.bucket())
                .object(folder + key)
                .build();
        Optional<Long> size =
                unlessAbsent(() -> requests.run(() -> client.statObject(args)).size());
        if (size.isEmpty()) {
            checkBucket();
        }
        return size.map(bytes -> new ObjectInfo(key, bytes));
    }

    /** A HEAD's 404 has no body that tells an absent object from an absent bucket. */
    private void checkBucket() {
        try {
            if (!bucketExists()) {
                throw new StorageException(Kind.NO_SUCH_STORE, url + ": the bucket does not exist.");
            }
        } catch (StorageException e) {
            // Keys that are confined to a prefix may not ask for the bucket; then it is there.
            if (e.kind() != Kind.DENIED) {
                throw e;
            }
        }
    }

    private static <T> Optional<T> unlessAbsent(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Stream<ObjectInfo> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<ObjectInfo> list(String prefix, String startAfter) {
        Arguments.checkInterrupt();
        S3Listing listing = new S3Listing(this::page, folder, prefix, startAfter);
        int shape = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(listing, shape), false);
    }

    private ListBucketResultV2 page(String prefix, @Nullable String startAfter, @Nullable String token) {
        ListObjectsV2Args args = ListObjectsV2Args.builder()
                .bucket(url.bucket())
                .prefix(prefix)
                .startAfter(startAfter)
                .continuationToken(token)
                .encodingType("url")
                .maxKeys(1_000)
                .build();
        return requests.run(() -> client.listObjectsV2(args)).result();
    }

    @Override
    public void delete(ObjectKey key) {
        RemoveObjectArgs args = RemoveObjectArgs.builder()
                .bucket(url.bucket())
                .object(folder + key)
                .build();
        unlessAbsent(() -> requests.run(() -> client.removeObject(args).thenApply(done -> key)));
    }

    @Override
    public Optional<String> stranger() {
        return S3Listing.stranger(page(folder, null, null), folder);
    }

    @Override
    public String describe() {
        return url.toString();
    }

    @Override
    public void close() {
        requests.close();
    }
}
