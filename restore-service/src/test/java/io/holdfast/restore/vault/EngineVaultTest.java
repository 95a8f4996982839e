package io.holdfast.restore.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.storage.InMemoryObjectStore;
import io.holdfast.storage.ObjectInfo;
import io.holdfast.storage.ObjectKey;
import io.holdfast.storage.ObjectStore;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupKind;
import io.holdfast.vault.Consistency;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultOptions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EngineVaultTest {

    private final ObjectStore store = new InMemoryObjectStore();

    private PointManifest made(Vault vault) {
        var intent = new BackupIntent(
                "vm-1", "web", "lab", "job", UUID.randomUUID(), "moment", BackupKind.FULL, Optional.empty());
        try (var session = vault.begin(intent)) {
            return session.commit(new PointFacts(Instant.EPOCH, Consistency.CRASH, "running", "<domain/>", List.of()));
        }
    }

    private void removeManifests() {
        List<ObjectKey> manifests = store.list("points/").map(ObjectInfo::key).toList();
        assertThat(manifests).isNotEmpty();
        manifests.forEach(store::delete);
    }

    @Test
    void whatIsPulledGoesOnWithTheManifestThatWasRead_andARestoreReadsItAnew() {
        try (var passphrase = Passphrase.of("passphrase");
                var vault = Vault.create(store, passphrase, new VaultOptions(8 << 10, 1, 1));
                var opened = new EngineVault(vault, store)) {
            PointManifest point = made(vault);
            OptionalLong sequence = OptionalLong.of(point.sequence());
            assertThat(opened.point(point.id(), "vm-1", sequence)).contains(point);

            removeManifests();

            assertThat(opened.knownPoint(point.id(), "vm-1", sequence)).contains(point);
            assertThat(opened.knownPoint(point.id(), "another VM", sequence)).isEmpty();
            assertThat(opened.point(point.id(), "vm-1", sequence)).isEmpty();
        }
    }
}
