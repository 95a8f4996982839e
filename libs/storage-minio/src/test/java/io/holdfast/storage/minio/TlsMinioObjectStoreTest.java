package io.holdfast.storage.minio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.storage.StorageException.Kind;
import io.holdfast.testkit.nbd.Certificates;
import io.holdfast.testkit.s3.MinioForTests;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real MinIO whose certificate only an authority of our own vouches for. */
class TlsMinioObjectStoreTest extends MinioContract {

    @TempDir
    static Path folder;

    @Override
    protected MinioForTests launch() throws Exception {
        return MinioForTests.startWithTls(Certificates.make(folder, "ec"));
    }

    @Override
    protected void makeBucket(MinioOwner owner) {
        open(server(), BUCKET, options().creating()).close();
    }

    @Override
    protected StoreOptions options() {
        return trusting(folder);
    }

    private static StoreOptions trusting(Path certificates) {
        return StoreOptions.standard()
                .withConnection(ConnectionOptions.standard().withCaFile(certificates.resolve("ca-cert.pem")));
    }

    @Test
    void who_trusts_the_systems_or_another_authority_reads_nothing() throws Exception {
        StoreOptions others = trusting(Certificates.make(folder.resolve("others"), "ec"));
        for (StoreOptions wrong : new StoreOptions[] {StoreOptions.standard(), others}) {
            try (ObjectStore store = open(server(), BUCKET, wrong)) {
                assertFails(Kind.OTHER, () -> store.get(ObjectKey.of("key"), 1));
                assertThatThrownBy(() -> store.get(ObjectKey.of("key"), 1)).hasMessageContaining("not trusted");
            }
        }
    }
}
