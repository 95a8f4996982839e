package io.holdfast.local.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.CreateBucketResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * A put is answered only when it survives the loss of power: the object's file and all folders above it are synced. S3Proxy
 * itself leaves that to the system, which may take half a minute, and its clients record as committed what it answered.
 *
 * <p>Also a put that is refused because the object exists is answered after a sync: its client takes that for stored. A new object
 * of which the sync failed is taken back: the client tries again, and a second sync would succeed without its bytes.
 */
final class DurableBlobStore extends ForwardingBlobStore {

    /** Makes a file's bytes, or a folder's entries, durable. */
    interface Sync {
        void sync(Path path) throws IOException;
    }

    private static final System.Logger LOG = System.getLogger(DurableBlobStore.class.getName());
    private static final String NOT_ANSWERED = "what was put may not survive the loss of power: it is not answered";

    private final Path base;
    private final Sync sync;
    /** Objects that a sync failed for and that are there all the same. */
    private final Set<Path> doubtful = ConcurrentHashMap.newKeySet();

    /** @param base the folder of {@code files}, which keeps a bucket in a folder of its name and a key as a path below it */
    DurableBlobStore(BlobStore files, Path base, Sync sync) {
        super(files);
        this.base = base;
        this.sync = sync;
    }

    /** By {@code fsync}. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public CreateBucketResponse createContainer(CreateBucketRequest request) {
        return durable(request.bucket(), "", () -> super.createContainer(request));
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
        Supplier<PutObjectResponse> put = () -> super.putBlob(request, body);
        // Only what is known to be new may be taken back: an overwritten object would be lost.
        return "*".equals(request.ifNoneMatch())
                ? durableOrGone(request.bucket(), request.key(), put)
                : durable(request.bucket(), request.key(), put);
    }

    @Override
    public CopyObjectResponse copyBlob(CopyObjectRequest request) {
        return durable(request.destinationBucket(), request.destinationKey(), () -> super.copyBlob(request));
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(
            MultipartUpload upload, CompleteMultipartUploadRequest request) {
        return durable(request.bucket(), request.key(), () -> super.completeMultipartUpload(upload, request));
    }

    private <T> T durableOrGone(String bucket, String key, Supplier<T> put) {
        boolean[] stored = {false};
        try {
            return durable(bucket, key, () -> {
                T answer = put.get();
                stored[0] = true;
                return answer;
            });
        } catch (UncheckedIOException notDurable) {
            if (stored[0]) {
                takeBack(bucket, key);
            }
            throw notDurable;
        }
    }

    private <T> T durable(String bucket, String key, Supplier<T> put) {
        Path path = base.resolve(bucket).resolve(key).normalize();
        T answer;
        try {
            answer = put.get();
        } catch (RuntimeException refused) {
            if (path.startsWith(base) && Files.exists(path)) {
                refuseDoubtful(path);
                syncAll(path);
            }
            throw refused;
        }
        if (!path.startsWith(base)) {
            throw new IllegalStateException("an object was stored outside the directory");
        }
        syncAll(path);
        doubtful.remove(path);
        return answer;
    }

    /** The system tells of bytes that it could not write once: the next sync of the same file succeeds without them. */
    private void refuseDoubtful(Path path) {
        if (doubtful.contains(path)) {
            throw new UncheckedIOException(NOT_ANSWERED, new IOException("an earlier sync of this object failed"));
        }
    }

    private void takeBack(String bucket, String key) {
        Path path = base.resolve(bucket).resolve(key).normalize();
        try {
            removeBlob(bucket, key);
            syncAll(existing(path.getParent()));
            doubtful.remove(path);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} is not durable and cannot be removed: {1}", key, e.getMessage());
        }
    }

    /** Folders that became empty go with an object. */
    private Path existing(@Nullable Path folder) {
        @Nullable Path at = folder;
        while (at != null && at.startsWith(base) && !Files.exists(at)) {
            at = at.getParent();
        }
        return at == null ? base : at;
    }

    private void syncAll(Path object) {
        try {
            for (@Nullable Path path = object; path != null && path.startsWith(base); path = path.getParent()) {
                sync.sync(path);
            }
        } catch (IOException e) {
            doubtful.add(object);
            throw new UncheckedIOException(NOT_ANSWERED, e);
        }
    }
}
