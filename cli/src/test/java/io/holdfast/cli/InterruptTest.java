package io.holdfast.cli;

import static io.holdfast.cli.http.ScriptedCatalog.accepted;
import static io.holdfast.cli.http.ScriptedCatalog.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.vault.VaultAdded;
import io.holdfast.cli.http.ScriptedCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C, given to a real process. */
class InterruptTest {

    @TempDir
    Path folder;

    private Process start(ScriptedCatalog catalog, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "io.holdfast.cli.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command)
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        process.environment().put("HOLDFAST_URL", catalog.url());
        process.environment().put("HOLDFAST_TOKEN", "t");
        return process.start();
    }

    private static void interrupt(Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void while_waiting_ctrl_c_ends_with_130_and_says_that_the_job_goes_on() throws Exception {
        try (var catalog = new ScriptedCatalog()) {
            catalog.on("POST /backups", accepted(Samples.job(Samples.JOB, JobKind.BACKUP, JobState.QUEUED)))
                    .on("GET /jobs/" + Samples.JOB, json(Samples.running(Samples.JOB, "read", 1, 2)));
            Process process = start(catalog, "backup", "web1", "--vault", "safe");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> catalog.seen("GET", "/jobs/" + Samples.JOB).size() > 1);
            interrupt(process);
            assertThat(process.exitValue()).isEqualTo(130);
            assertThat(Files.readString(folder.resolve("err")))
                    .contains("web1 goes on")
                    .contains("holdfast job watch " + Samples.JOB)
                    .contains("holdfast job cancel " + Samples.JOB);
            assertThat(catalog.seen("POST", "/jobs/" + Samples.JOB + "/cancel")).isEmpty();
        }
    }

    @Test
    void ctrl_c_after_a_vault_was_added_does_not_lose_its_recovery_key() throws Exception {
        try (var catalog = new ScriptedCatalog()) {
            var job = Samples.job(Samples.JOB, JobKind.VAULT_ADD, JobState.QUEUED);
            catalog.on("POST /vaults", accepted(new VaultAdded(Samples.vault("safe"), job, "THE-KEY")))
                    .on("GET /jobs/" + Samples.JOB, json(job));
            Process process = start(catalog, "vault", "add", "safe", "file:///srv/v", "-o", "json");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> catalog.seen("GET", "/jobs/" + Samples.JOB).size() > 1);
            interrupt(process);
            assertThat(process.exitValue()).isEqualTo(130);
            assertThat(Samples.read(Files.readString(folder.resolve("out")))
                            .get("recoveryKey")
                            .asText())
                    .isEqualTo("THE-KEY");
        }
    }
}
