package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.point.PointHead;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.vault.VaultChecked;
import io.holdfast.api.vault.VaultCollected;
import io.holdfast.jobs.JobContext;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.storage.directory.DirectoryObjectStore;
import io.holdfast.testkit.s3.S3ForTests;
import io.holdfast.vault.BackupIntent;
import io.holdfast.vault.BackupKind;
import io.holdfast.vault.Consistency;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.Passphrase;
import io.holdfast.vault.PointFacts;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VaultOptions;
import io.holdfast.worker.app.AddVault;
import io.holdfast.worker.app.CheckVault;
import io.holdfast.worker.app.CollectVault;
import io.holdfast.worker.app.DeletePoint;
import io.holdfast.worker.vault.EngineDoor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultJobsTest {

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
    private EngineDoor door = new EngineDoor(EngineOptions.defaults(), BackUpFixture.CHEAP);
    private final ObjectMapper json = new ObjectMapper();

    private final JobContext context = new JobContext() {
        @Override
        public void progress(Progress progress) {}

        @Override
        public boolean cancelRequested() {
            return false;
        }

        @Override
        public void made(JobEnd.Made made) {}

        @Override
        public void check() {}

        @Override
        public long fencing() {
            return 1;
        }

        @Override
        public void onLeaseLost(Runnable action) {}
    };

    private void access(String passphrase, @Nullable String formatId) {
        String url = "file://" + folder.resolve("v");
        services.onVaultAccess = id -> new VaultAccess(id, "main", url, formatId, null, null, passphrase);
    }

    private String add() {
        var job = new LeasedJob(UUID.randomUUID(), 1, 30, new JobSpec.VaultAdd(UUID.randomUUID()), List.of());
        return new AddVault(services.as(RunnerApi.class), door)
                .run(job, context)
                .path("formatId")
                .asText();
    }

    private String check() {
        return checked().formatId();
    }

    private VaultChecked checked(PointHead... heads) {
        var spec = new JobSpec.VaultCheck(UUID.randomUUID());
        var job = new LeasedJob(UUID.randomUUID(), 1, 30, spec, List.of(), List.of(heads));
        try {
            var result = new CheckVault(services.as(RunnerApi.class), door, json).run(job, context);
            return json.treeToValue(result, VaultChecked.class);
        } catch (InterruptedException | JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aVaultIsMadeOnceAndOpenedAfterwards() {
        // The one that is used outside of tests.
        door = new EngineDoor(EngineOptions.defaults(), VaultOptions.defaults());
        access("passphrase", null);
        String made = add();
        assertThat(made).isNotBlank();
        assertThat(add()).isEqualTo(made);
        access("passphrase", made);
        assertThat(check()).isEqualTo(made);
    }

    @Test
    void aWrongPassphraseIsRefused() {
        access("passphrase", null);
        add();
        access("something else", null);
        refused(ErrorCode.VAULT_WRONG_PASSPHRASE, this::add);
        refused(ErrorCode.VAULT_WRONG_PASSPHRASE, this::check);
    }

    @Test
    void aFolderOfSomebodyElsesFilesIsNotMadeAVault() throws Exception {
        Files.createDirectories(folder.resolve("v"));
        Files.writeString(folder.resolve("v/holiday.jpg"), "not ours");
        access("passphrase", null);
        refused(ErrorCode.VAULT_NOT_A_VAULT, this::add);
        assertThat(folder.resolve("v")).isDirectoryContaining(f -> f.endsWith("holiday.jpg"));
    }

    @Test
    void anotherVaultAtTheSamePlaceIsRefused() {
        access("passphrase", null);
        add();
        access("passphrase", UUID.randomUUID().toString());
        refused(ErrorCode.VAULT_IS_ANOTHER, this::check);
    }

    @Test
    void aPlaceThatIsNotThereIsNoBucket() {
        access("passphrase", null);
        refused(ErrorCode.VAULT_NO_BUCKET, this::check);
    }

    @Test
    void aUrlThatIsNoneIsInvalid() {
        services.onVaultAccess = id -> new VaultAccess(id, "main", "ftp://x/y", null, null, null, "passphrase");
        refused(ErrorCode.VAULT_URL_INVALID, this::check);
    }

    private List<PointManifest> points(String vm, int count) throws Exception {
        List<PointManifest> points = new ArrayList<>();
        try (var store = DirectoryObjectStore.open(folder.resolve("v"), InstantSource.system());
                var passphrase = Passphrase.of("passphrase");
                var vault = Vault.open(store, passphrase)) {
            for (int i = 0; i < count; i++) {
                var intent = new BackupIntent(
                        vm, "web", "lab", "job" + i, UUID.randomUUID(), "m", BackupKind.FULL, Optional.empty());
                try (var session = vault.begin(intent)) {
                    points.add(session.commit(
                            new PointFacts(Instant.EPOCH, Consistency.CRASH, "running", "<domain/>", List.of())));
                }
            }
        }
        return points;
    }

    private Path manifest(PointManifest point) throws Exception {
        String name = String.format("%016x", point.sequence());
        try (var files = Files.walk(folder.resolve("v/points"))) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    private static PointHead head(PointManifest point) {
        return new PointHead(point.vm(), point.vmName(), point.sequence(), point.hash());
    }

    @Test
    void aWholeChainHasNoFindingsAndAVmThatTheCatalogDoesNotKnowIsSaidNotToBeCompared() throws Exception {
        access("passphrase", null);
        add();
        List<PointManifest> points = points("vm-1", 3);
        VaultChecked compared = checked(head(points.getLast()));
        assertThat(compared.findings()).isEmpty();
        assertThat(compared.points()).isEqualTo(3);
        assertThat(compared.lines()).hasSize(1);
        assertThat(checked().lines()).anyMatch(line -> line.contains("cannot be known"));
    }

    @Test
    void removedReplacedDamagedAndRolledBackManifestsAreEachNamedByVmAndNumber() throws Exception {
        access("passphrase", null);
        add();
        List<PointManifest> points = points("vm-1", 4);
        Path first = manifest(points.get(0));
        Files.write(first, new byte[] {1, 2, 3});
        Files.delete(manifest(points.get(1)));
        Files.delete(manifest(points.get(3)));
        VaultChecked checked = checked(head(points.getLast()));
        assertThat(checked.findings())
                .extracting(finding -> finding.vm() + " " + finding.sequence() + " " + finding.trouble())
                .containsExactly("vm-1 1 foreign", "vm-1 2 removed", "vm-1 4 rolled-back");
        assertThat(checked.findings()).noneMatch(VaultChecked.Finding::harmless);
        assertThat(checked.findings().get(1).sentence()).contains("vm-1").contains("point 2");
    }

    @Test
    void aVmOfWhichNothingIsLeftIsFoundByTheCatalogsHead() throws Exception {
        access("passphrase", null);
        add();
        PointManifest point = points("vm-1", 1).getFirst();
        Files.delete(manifest(point));
        assertThat(checked(head(point)).findings())
                .extracting(VaultChecked.Finding::trouble)
                .containsExactly("rolled-back");
    }

    private JsonNode delete(PointManifest point) {
        var spec = new JobSpec.PointDelete(point.id(), UUID.randomUUID(), point.vm(), point.vmName());
        var job = new LeasedJob(UUID.randomUUID(), 1, 30, spec, List.of());
        return new DeletePoint(services.as(RunnerApi.class), door, json).run(job, context);
    }

    private VaultCollected collect(PointHead... heads) throws java.io.IOException {
        var spec = new JobSpec.VaultCollect(UUID.randomUUID());
        var job = new LeasedJob(UUID.randomUUID(), 1, 30, spec, List.of(), List.of(heads));
        var handler = new CollectVault(services.as(RunnerApi.class), door, MonotonicClock.system(), json);
        return json.treeToValue(handler.run(job, context), VaultCollected.class);
    }

    @Test
    void aPointIsDeletedOnceAndSaidToBeGoneAfterThat() throws Exception {
        access("passphrase", null);
        add();
        List<PointManifest> points = points("vm-1", 3);
        assertThat(delete(points.get(2)).path("lines").get(0).asText()).contains("was removed");
        assertThat(delete(points.get(2)).path("lines").get(0).asText()).contains("already");
        assertThat(checked(head(points.get(2))).findings())
                .as("what was deleted is not missed")
                .isEmpty();
        assertThat(checked(head(points.get(1))).points()).isEqualTo(2);
        VaultCollected collected = collect(head(points.get(1)));
        assertThat(collected.points()).isEqualTo(2);
        assertThat(collected.lines()).hasSize(1);
    }

    @Test
    void aPointThatMayBeThereIsNotForgotten() throws Exception {
        access("passphrase", null);
        add();
        List<PointManifest> points = points("vm-1", 2);
        Files.write(manifest(points.getFirst()), new byte[] {1, 2, 3});
        refused(ErrorCode.VAULT_CHAIN_BROKEN, () -> delete(points.getFirst()));
    }

    @Test
    void aVaultThatLacksWhatTheCatalogKnowsIsNotCollected() throws Exception {
        access("passphrase", null);
        add();
        List<PointManifest> points = points("vm-1", 2);
        Files.delete(manifest(points.getLast()));
        refused(ErrorCode.VAULT_CHAIN_BROKEN, () -> {
            try {
                collect(head(points.getLast()));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void aHomeFolderIsNotMadeAVault() throws Exception {
        Files.createDirectories(folder.resolve("v/Documents"));
        access("passphrase", null);
        refused(ErrorCode.VAULT_NOT_A_VAULT, this::add);
        assertThat(folder.resolve("v")).isDirectoryNotContaining(file -> file.endsWith("vault"));
    }

    @Test
    void keysThatTheServerRefusesAndABucketThatIsNotThereAreToldApart() {
        try (S3ForTests server = S3ForTests.start()) {
            String url = server.url("vault");
            s3(url, server.secretKey(), server.accessKey());
            String made = add();
            assertThat(check()).isEqualTo(made);
            s3(url, "not-the-secret-key", server.accessKey());
            refused(ErrorCode.VAULT_DENIED, this::check);
            refused(ErrorCode.VAULT_DENIED, this::add);
            s3(url.replace(server.bucket(), "no-such-bucket"), server.secretKey(), server.accessKey());
            refused(ErrorCode.VAULT_NO_BUCKET, this::check);
            refused(ErrorCode.VAULT_NO_BUCKET, this::add);
        }
    }

    private void s3(String url, String secretKey, String accessKey) {
        services.onVaultAccess = id -> new VaultAccess(id, "main", url, null, accessKey, secretKey, "passphrase");
    }
}
