package io.holdfast.storage.minio;

import io.holdfast.storage.Credentials;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.ObjectStoreUrl;
import io.holdfast.testkit.s3.MinioForTests;
import io.holdfast.testkit.s3.NeedsMinio;
import io.holdfast.testkit.storage.ObjectStoreContract;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract on one bucket of a real MinIO, where the machine has one. Each test has a folder of the bucket. */
@NeedsMinio
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MinioContract extends ObjectStoreContract {

    /** Where the objects of all tests lie. */
    protected static final String BUCKET = "contract";

    private @Nullable MinioForTests server;
    private int number;

    /** Starts the server. */
    protected MinioForTests launch() throws Exception {
        return MinioForTests.start();
    }

    /** Makes {@link #BUCKET}. */
    protected abstract void makeBucket(MinioOwner owner) throws Exception;

    /** How it is spoken to. */
    protected StoreOptions options() {
        return StoreOptions.standard();
    }

    @BeforeAll
    void start() throws Exception {
        server = launch();
        try (MinioOwner owner = owner()) {
            makeBucket(owner);
        }
    }

    @AfterAll
    void end() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected final ObjectStore open() {
        number++;
        return open(server(), BUCKET + "/" + folder(), options());
    }

    /** The folder of the test that runs. */
    protected final String folder() {
        return "test/" + number;
    }

    protected final MinioForTests server() {
        return Objects.requireNonNull(server, "started");
    }

    protected MinioOwner owner() {
        return MinioOwner.of(server());
    }

    static ObjectStore open(MinioForTests server, String place, StoreOptions options) {
        return ObjectStores.open(
                ObjectStoreUrl.parse("s3+" + server.endpoint() + "/" + place),
                Optional.of(new Credentials(server.accessKey(), server.secretKey())),
                options);
    }
}
