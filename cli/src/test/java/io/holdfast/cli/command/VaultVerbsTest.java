package io.holdfast.cli.command;

import static io.holdfast.cli.http.ScriptedCatalog.accepted;
import static io.holdfast.cli.http.ScriptedCatalog.json;
import static io.holdfast.cli.http.ScriptedCatalog.noContent;
import static io.holdfast.cli.http.ScriptedCatalog.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAdded;
import io.holdfast.cli.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VaultVerbsTest extends CommandTest {

    private static final String URL = "s3+https://store.example/backups";
    private static final String KEY = "ABCD-EFGH-RECOVERY";

    VaultVerbsTest() throws IOException {}

    @Test
    void a_recovery_key_that_got_lost_on_its_way_is_said_aloud_and_not_passed_over() {
        added(null);
        var ran = run("vault", "add", "safe", "file:///srv/vault");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("THE RECOVERY KEY WAS LOST").contains("another prefix");
    }

    @Test
    void keys_may_stand_alone_in_two_lines() throws Exception {
        added(KEY);
        Path keys = secret("two", "AKID\ns3cret=\n");
        assertThat(run("vault", "add", "safe", URL, "--s3-credentials", keys.toString())
                        .exit())
                .isZero();
        assertThat(sent().get("accessKey").asText()).isEqualTo("AKID");
        assertThat(sent().get("secretKey").asText()).isEqualTo("s3cret=");
    }

    @Test
    void a_folder_with_blanks_becomes_a_url_and_a_url_stays_as_it_is() throws Exception {
        added(KEY);
        assertThat(run("vault", "add", "safe", "file:///mnt/my disk/ä").exit()).isZero();
        assertThat(sent().get("url").asText()).isEqualTo("file:///mnt/my%20disk/ä");
        assertThat(run("vault", "add", "safe", "file:///mnt/my%20disk").exit()).isZero();
        assertThat(sent().get("url").asText()).isEqualTo("file:///mnt/my%20disk");

        var ran = run("vault", "add", "safe", "file:///mnt/100% mine");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("%20");
    }

    private void added(@Nullable String recoveryKey) {
        var job = Samples.job(Samples.JOB, JobKind.VAULT_ADD, JobState.QUEUED);
        catalog.on("POST /vaults", accepted(new VaultAdded(Samples.vault("safe"), job, recoveryKey)))
                .on("GET /jobs/" + Samples.JOB, json(Samples.job(Samples.JOB, JobKind.VAULT_ADD, JobState.SUCCEEDED)));
    }

    private JsonNode sent() {
        return Samples.read(catalog.seen("POST", "/vaults").getLast().body());
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(home.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void the_recovery_key_is_shown_once_with_what_it_is_for() {
        added(KEY);
        var ran = run("vault", "add", "safe", "file:///srv/vault");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).containsOnlyOnce(KEY).contains("shown this once").contains("Keep it apart");
        assertThat(ran.err()).doesNotContain(KEY);
    }

    @Test
    void in_json_the_recovery_key_has_its_field() {
        added(KEY);
        var ran = run("vault", "add", "safe", "file:///srv/vault", "-o", "json");
        assertThat(ran.out()).containsOnlyOnce(KEY);
        assertThat(document(ran).get("recoveryKey").asText()).isEqualTo(KEY);
        assertThat(document(ran).get("ok").asBoolean()).isTrue();
        assertThat(document(ran).at("/vault/name").asText()).isEqualTo("safe");
        assertThat(ran.err()).doesNotContain(KEY);
    }

    @Test
    void the_recovery_key_is_shown_although_the_vault_could_not_be_made() {
        var queued = Samples.job(Samples.JOB, JobKind.VAULT_ADD, JobState.QUEUED);
        catalog.on("POST /vaults", accepted(new VaultAdded(Samples.vault("safe"), queued, KEY)))
                .on(
                        "GET /jobs/" + Samples.JOB,
                        json(Samples.failed(
                                Samples.JOB, JobKind.VAULT_ADD, ErrorCode.VAULT_NO_BUCKET, "No such bucket.")));
        var ran = run("vault", "add", "safe", "file:///srv/vault", "-o", "json");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(document(ran).get("recoveryKey").asText()).isEqualTo(KEY);
        assertThat(document(ran).at("/error/code").asText()).isEqualTo("vault-no-bucket");
        assertThat(ran.err()).doesNotContain("opens nothing");
    }

    @Test
    void a_key_for_a_vault_that_has_others_is_said_to_open_nothing() {
        var queued = Samples.job(Samples.JOB, JobKind.VAULT_ADD, JobState.QUEUED);
        catalog.on("POST /vaults", accepted(new VaultAdded(Samples.vault("safe"), queued, KEY)))
                .on(
                        "GET /jobs/" + Samples.JOB,
                        json(Samples.failed(
                                Samples.JOB, JobKind.VAULT_ADD, ErrorCode.VAULT_WRONG_PASSPHRASE, "No slot opens.")));
        var ran = run("vault", "add", "safe", "file:///srv/vault");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("opens nothing").contains("--passphrase-file");
    }

    @Test
    void keys_and_passphrase_come_from_the_environment() {
        added(null);
        var ran = terminal()
                .with("AWS_ACCESS_KEY_ID", "AKID")
                .with("AWS_SECRET_ACCESS_KEY", "s3cret-of-s3")
                .with("HOLDFAST_PASSPHRASE", "correct horse")
                .run("vault", "add", "safe", URL);
        assertThat(ran.exit()).isZero();
        assertThat(sent()).isEqualTo(Samples.read("""
                {"name":"safe","url":"s3+https://store.example/backups","accessKey":"AKID","secretKey":"s3cret-of-s3",
                 "passphrase":"correct horse"}"""));
        assertThat(ran.out() + ran.err()).doesNotContain("s3cret-of-s3").doesNotContain("correct horse");
    }

    @Test
    void keys_and_passphrase_come_from_files() throws Exception {
        added(null);
        Path keys =
                secret("keys", "[default]\naws_access_key_id = AKID\nregion=x\naws_secret_access_key = s3cret=/+\n");
        Path passphrase = secret("passphrase", "correct horse\nnot this\n");
        var ran = run(
                "vault",
                "add",
                "safe",
                URL,
                "--s3-credentials",
                keys.toString(),
                "--passphrase-file",
                passphrase.toString());
        assertThat(ran.exit()).isZero();
        assertThat(sent().get("secretKey").asText()).isEqualTo("s3cret=/+");
        assertThat(sent().get("passphrase").asText()).isEqualTo("correct horse");
        assertThat(ran.err()).doesNotContain("warning");
    }

    @Test
    void a_secret_file_that_others_may_read_is_warned_of() throws Exception {
        added(null);
        Path passphrase = secret("passphrase", "correct horse");
        Files.setPosixFilePermissions(passphrase, PosixFilePermissions.fromString("rw-r--r--"));
        var ran = run("vault", "add", "safe", "file:///srv/v", "--passphrase-file", passphrase.toString());
        assertThat(ran.err()).contains("others may read").doesNotContain("correct horse");
    }

    @Test
    void a_directory_vault_gets_no_s3_keys_that_happen_to_be_in_the_environment() {
        added(null);
        terminal()
                .with("AWS_ACCESS_KEY_ID", "AKID")
                .with("AWS_SECRET_ACCESS_KEY", "s3cret")
                .run("vault", "add", "safe", "file:///srv/vault");
        assertThat(sent().has("accessKey")).isFalse();
        assertThat(sent().has("secretKey")).isFalse();
    }

    @Test
    void a_key_without_its_secret_and_a_short_passphrase_are_usage_errors() throws Exception {
        assertThat(run("vault", "add", "safe", URL, "--access-key", "AKID").exit())
                .isEqualTo(2);
        var none = run("vault", "add", "safe", URL);
        assertThat(none.exit()).isEqualTo(2);
        assertThat(none.err()).contains("--s3-credentials").doesNotContain("accessKey");
        Path credentials = secret("half", "aws_access_key_id=AKID\n");
        assertThat(run("vault", "add", "safe", URL, "--s3-credentials", credentials.toString())
                        .exit())
                .isEqualTo(2);
        assertThat(run("vault", "add", "safe", "file:///v", "--access-key", "AKID")
                        .exit())
                .isEqualTo(2);
        Path passphrase = secret("short", "1234567\n");
        assertThat(run("vault", "add", "safe", "file:///v", "--passphrase-file", passphrase.toString())
                        .exit())
                .isEqualTo(2);
        assertThat(catalog.seen()).isEmpty();
    }

    @Test
    void keys_inside_the_url_are_refused_before_they_are_sent_and_not_repeated() {
        var ran = run("vault", "add", "safe", "s3+https://AKID:s3cret@store.example/b");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out() + ran.err()).doesNotContain("s3cret");
        assertThat(catalog.seen()).isEmpty();
    }

    @Test
    void vaults_are_listed_checked_and_removed() {
        catalog.on("GET /vaults", json(List.of(Samples.vault("safe"))))
                .on("POST /vaults/safe/check", accepted(Samples.job(Samples.JOB, JobKind.VAULT_CHECK, JobState.QUEUED)))
                .on(
                        "GET /jobs/" + Samples.JOB,
                        json(Samples.failed(
                                Samples.JOB,
                                JobKind.VAULT_CHECK,
                                ErrorCode.VAULT_CHAIN_BROKEN,
                                "It is not whole.",
                                Map.of("lines", List.of("VM vm-1, point 2: its manifest is gone from the vault.")))))
                .on("DELETE /vaults/safe", problem(ErrorCode.VAULT_IN_USE, "3 points; use --forget."))
                .on("DELETE /vaults/safe?forget=true", noContent());
        assertThat(run("vault", "list").out()).contains("5.0 MiB");
        var checked = run("vault", "check", "safe");
        assertThat(checked.exit()).isEqualTo(1);
        assertThat(checked.err()).contains("It is not whole. (vault-chain-broken)");
        assertThat(checked.out()).contains("VM vm-1, point 2: its manifest is gone");
        catalog.on(
                "POST /vaults/safe/collect",
                accepted(Samples.job(Samples.JOB, JobKind.VAULT_COLLECT, JobState.QUEUED)));
        assertThat(run("vault", "collect", "safe").out()).contains("VM vm-1, point 2");
        assertThat(run("vault", "remove", "safe").exit()).isEqualTo(4);
        assertThat(run("vault", "remove", "safe", "--forget").out()).contains("contents are untouched");
    }
}
