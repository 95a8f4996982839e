package io.holdfast.catalog.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IssuerTest {

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private Path directory = Path.of("");

    @BeforeEach
    void place() {
        directory = folder.resolve("deep/issuer");
    }

    private Issuer issuer() {
        return new Issuer(directory, now::get);
    }

    private String token(String name) throws IOException {
        return Files.readString(directory.resolve(name + ".jwt"));
    }

    @Test
    void tokensStayUntilHalfTheirDayIsOverAndTheAdminsForMonths() throws IOException {
        issuer().renew();
        String worker = token("backup-worker");
        String admin = token("admin");
        now.updateAndGet(t -> t.plus(Duration.ofHours(11)));
        issuer().renew();
        assertThat(token("backup-worker")).isEqualTo(worker);
        now.updateAndGet(t -> t.plus(Duration.ofHours(2)));
        issuer().renew();
        assertThat(token("backup-worker")).isNotEqualTo(worker);
        assertThat(token("admin")).isEqualTo(admin);
        now.updateAndGet(t -> t.plus(Duration.ofDays(340)));
        issuer().renew();
        assertThat(token("admin")).isNotEqualTo(admin);
    }

    @Test
    void aRestartKeepsTheKeyAndALostKeyReplacesEveryToken() throws IOException {
        issuer().renew();
        String jwks = issuer().jwks();
        String admin = token("admin");
        assertThat(issuer().jwks()).isEqualTo(jwks).doesNotContain("\"d\"");
        Files.delete(directory.resolve(IssuerKey.PRIVATE_FILE));
        Issuer fresh = issuer();
        fresh.renew();
        assertThat(fresh.jwks()).isNotEqualTo(jwks);
        assertThat(token("admin")).isNotEqualTo(admin);
    }

    @Test
    void aDamagedTokenFileIsReplacedAndNoTemporaryFileStays() throws IOException {
        issuer().renew();
        Files.writeString(directory.resolve("admin.jwt"), "rubbish");
        issuer().renew();
        assertThat(token("admin")).contains(".");
        try (var files = Files.list(directory)) {
            assertThat(files.toList()).hasSize(7);
        }
    }

    @Test
    void twoReplicasThatStartAtOnceShareOneKey() throws Exception {
        try (var threads = java.util.concurrent.Executors.newFixedThreadPool(4)) {
            var keys = threads.invokeAll(java.util.Collections.nCopies(4, () -> issuer().jwks()));
            for (var key : keys) {
                assertThat(key.get()).isEqualTo(keys.getFirst().get());
            }
        }
    }
}
