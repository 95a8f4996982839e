package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.JobSpec;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.job.Progress;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.jobs.JobContext;
import io.holdfast.worker.app.AddVault;
import io.holdfast.worker.app.CheckVault;
import io.holdfast.worker.vault.EngineDoor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VaultJobsTest {

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
    private final EngineDoor door = new EngineDoor();

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
        var job = new LeasedJob(UUID.randomUUID(), 1, 30, new JobSpec.VaultCheck(UUID.randomUUID()), List.of());
        return new CheckVault(services.as(RunnerApi.class), door)
                .run(job, context)
                .path("formatId")
                .asText();
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aVaultIsMadeOnceAndOpenedAfterwards() {
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
}
