package io.holdfast.local.objectstore;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;

/** S3Proxy over a directory, on the loopback address only. */
final class ObjectStoreServer implements AutoCloseable {

    private final S3Proxy proxy;

    private ObjectStoreServer(S3Proxy proxy) {
        this.proxy = proxy;
    }

    static ObjectStoreServer start(ServerOptions options, ServerCredentials credentials) throws Exception {
        BlobStore blobs = blobs(options.directory());
        for (String bucket : options.buckets()) {
            if (!blobs.containerExists(bucket)) {
                blobs.createContainer(bucket);
            }
        }
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(blobs)
                .awsAuthentication(AuthenticationType.AWS_V4, credentials.accessKey(), credentials.secretKey())
                .endpoint(URI.create("http://127.0.0.1:" + options.port()))
                .stopTimeout(0)
                .build();
        proxy.start();
        return new ObjectStoreServer(proxy);
    }

    private static BlobStore blobs(Path directory) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Properties properties = new Properties();
        Path base = directory.toRealPath();
        Leftovers.removeBelow(base);
        properties.setProperty("jclouds.filesystem.basedir", base.toString());
        return new DurableBlobStore(BlobStores.create("filesystem", properties), base, DurableBlobStore::force);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop", e);
        }
    }
}
