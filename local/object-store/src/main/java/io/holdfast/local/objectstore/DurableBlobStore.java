package io.holdfast.local.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
 * <p>Also a put that is refused because the object exists is answered after a sync: its client takes that for stored.
 */
final class DurableBlobStore extends ForwardingBlobStore {

    /** Makes a file's bytes, or a folder's entries, durable. */
    interface Sync {
        void sync(Path path) throws IOException;
    }

    private final Path base;
    private final Sync sync;

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
        return durable(request.bucket(), request.key(), () -> super.putBlob(request, body));
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

    private <T> T durable(String bucket, String key, Supplier<T> put) {
        Path path = base.resolve(bucket).resolve(key).normalize();
        T answer;
        try {
            answer = put.get();
        } catch (RuntimeException refused) {
            if (path.startsWith(base) && Files.exists(path)) {
                syncAll(path);
            }
            throw refused;
        }
        if (!path.startsWith(base)) {
            throw new IllegalStateException("an object was stored outside the directory");
        }
        syncAll(path);
        return answer;
    }

    private void syncAll(Path object) {
        try {
            for (@Nullable Path path = object; path != null && path.startsWith(base); path = path.getParent()) {
                sync.sync(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("what was put may not survive the loss of power: it is not answered", e);
        }
    }
}
