package io.holdfast.local.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** The file-system store of S3Proxy on a real folder; what is synced, and what the file held then, is written down. */
class DurableBlobStoreTest {

    private static final byte[] BODY = {1, 2, 3};

    @TempDir
    private Path folder;

    private final List<String> synced = new ArrayList<>();
    private boolean diskFails;
    /** The system tells of a failed write once. */
    private String failsOnce = "none";

    private Path base = Path.of("");
    private BlobStore store = filesIn(Path.of("target"));

    private static BlobStore filesIn(Path directory) {
        Properties properties = new Properties();
        properties.setProperty(
                "jclouds.filesystem.basedir", directory.toAbsolutePath().toString());
        return BlobStores.create("filesystem", properties);
    }

    @BeforeEach
    void aStoreWithABucket() throws IOException {
        base = folder.toRealPath();
        store = new DurableBlobStore(filesIn(base), base, this::note);
        store.createContainer("bucket");
        assertThat(synced).containsExactly("bucket", "");
        synced.clear();
    }

    private void note(Path path) throws IOException {
        if (diskFails) {
            throw new IOException("Input/output error");
        }
        String name = base.relativize(path).toString();
        if (name.equals(failsOnce)) {
            failsOnce = "none";
            throw new IOException("Input/output error");
        }
        DurableBlobStore.force(path);
        synced.add(Files.isRegularFile(path) ? name + " with " + Files.size(path) + " bytes" : name);
    }

    private void put(String key) {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket("bucket")
                .key(key)
                .contentLength((long) BODY.length)
                .ifNoneMatch("*")
                .build();
        store.putBlob(request, new ByteArrayInputStream(BODY));
    }

    @Test
    void aPutIsAnsweredAfterItsWholeFileAndEveryFolderAboveItWereSynced() {
        put("points/vm/1");
        assertThat(synced)
                .containsExactly("bucket/points/vm/1 with 3 bytes", "bucket/points/vm", "bucket/points", "bucket", "");
    }

    @Test
    void aPutThatMeetsAnObjectIsRefusedAfterThatObjectWasSynced() {
        put("points/vm/1");
        synced.clear();
        assertThatThrownBy(() -> put("points/vm/1")).isInstanceOf(RuntimeException.class);
        assertThat(synced).startsWith("bucket/points/vm/1 with 3 bytes");
    }

    @Test
    void aPutThatCannotBeSyncedIsNotAnswered() {
        diskFails = true;
        assertThatThrownBy(() -> put("points/vm/1")).hasMessageContaining("not survive");
    }

    @Test
    void anObjectThatCouldNotBeSyncedIsGoneAndPutAnewByTheNextTry() {
        failsOnce = "bucket/points/vm/1";
        assertThatThrownBy(() -> put("points/vm/1")).hasMessageContaining("not survive");
        assertThat(base.resolve("bucket/points/vm/1")).doesNotExist();
        assertThat(synced).contains("bucket").doesNotContain("bucket/points/vm/1 with 3 bytes");
        synced.clear();
        put("points/vm/1");
        assertThat(synced).startsWith("bucket/points/vm/1 with 3 bytes").endsWith("");
    }

    @Test
    void anObjectWhoseFolderCouldNotBeSyncedIsGoneToo() {
        put("points/vm/1");
        failsOnce = "bucket/points/vm";
        assertThatThrownBy(() -> put("points/vm/2")).hasMessageContaining("not survive");
        assertThat(base.resolve("bucket/points/vm/2")).doesNotExist();
        assertThat(base.resolve("bucket/points/vm/1")).exists();
    }

    @Test
    void anObjectThatCouldNeitherBeSyncedNorRemovedIsNeverTakenForStored() {
        BlobStore files = filesIn(base);
        store = new DurableBlobStore(
                new ForwardingBlobStore(files) {
                    @Override
                    public DeleteObjectResponse removeBlob(DeleteObjectRequest request) {
                        throw new IllegalStateException("Read-only file system");
                    }
                },
                base,
                this::note);
        failsOnce = "bucket/points/vm/1";
        assertThatThrownBy(() -> put("points/vm/1")).hasMessageContaining("not survive");
        assertThat(base.resolve("bucket/points/vm/1")).exists();
        assertThatThrownBy(() -> put("points/vm/1")).hasMessageContaining("not survive");
    }

    @Test
    void anObjectThatWasThereIsNeverTakenBack() {
        put("points/vm/1");
        failsOnce = "bucket/points/vm/1";
        assertThatThrownBy(() -> put("points/vm/1")).hasMessageContaining("not survive");
        assertThat(base.resolve("bucket/points/vm/1")).exists();
    }
}
