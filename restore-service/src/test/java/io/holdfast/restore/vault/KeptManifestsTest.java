package io.holdfast.restore.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.InMemoryObjectStore;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupKind;
import io.holdfast.vault.Consistency;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeptManifestsTest {

    private final KeptManifests kept = new KeptManifests();
    private final AtomicInteger reads = new AtomicInteger();

    /** A manifest with a definition of so many characters. */
    private static PointManifest manifest(int definition) {
        var intent = new BackupIntent(
                "vm-1", "web", "lab", "job", UUID.randomUUID(), "moment", BackupKind.FULL, Optional.empty());
        try (var passphrase = Passphrase.of("passphrase");
                var vault = Vault.create(new InMemoryObjectStore(), passphrase, new VaultOptions(8 << 10, 1, 1));
                var session = vault.begin(intent)) {
            return session.commit(
                    new PointFacts(Instant.EPOCH, Consistency.CRASH, "running", "x".repeat(definition), List.of()));
        }
    }

    private Optional<PointManifest> get(UUID point, PointManifest manifest) {
        return kept.get(point, () -> {
            reads.incrementAndGet();
            return Optional.of(manifest);
        });
    }

    @Test
    void aManifestIsReadOnceAndWhatIsNotThereIsAskedForAgain() {
        PointManifest manifest = manifest(10);
        assertThat(kept.get(manifest.id(), Optional::empty)).isEmpty();
        assertThat(get(manifest.id(), manifest)).contains(manifest);
        assertThat(get(manifest.id(), manifest)).contains(manifest);
        assertThat(reads).hasValue(1);
    }

    @Test
    void theOneThatWasNotUsedForTheLongestGoes() {
        PointManifest manifest = manifest(10);
        List<UUID> points = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            points.add(UUID.randomUUID());
            get(points.get(i), manifest);
        }
        get(points.getFirst(), manifest);
        get(UUID.randomUUID(), manifest);
        reads.set(0);
        get(points.getFirst(), manifest);
        assertThat(reads).hasValue(0);
        get(points.get(1), manifest);
        assertThat(reads).hasValue(1);
    }

    @Test
    void largeOnesAreKeptAsLongAsTheyFit() {
        PointManifest large = manifest(300 << 10);
        UUID first = UUID.randomUUID();
        get(first, large);
        get(first, large);
        assertThat(reads).hasValue(1);
        get(UUID.randomUUID(), large);
        get(first, large);
        assertThat(reads).hasValue(3);
        PointManifest tooLarge = manifest(1 << 20);
        UUID point = UUID.randomUUID();
        get(point, tooLarge);
        get(point, tooLarge);
        assertThat(reads).hasValue(5);
    }
}
