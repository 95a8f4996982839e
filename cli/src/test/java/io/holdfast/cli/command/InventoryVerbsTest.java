package io.holdfast.cli.command;

import static io.holdfast.cli.http.ScriptedCatalog.accepted;
import static io.holdfast.cli.http.ScriptedCatalog.json;
import static io.holdfast.cli.http.ScriptedCatalog.noContent;
import static io.holdfast.cli.http.ScriptedCatalog.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.Page;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.SourceCheckResult;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.cli.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class InventoryVerbsTest extends CommandTest {

    InventoryVerbsTest() throws IOException {}

    @Test
    void a_source_is_added_with_what_was_said_of_it() {
        catalog.on("POST /sources", json(Samples.source("lab")));
        var ran = run(
                "source",
                "add",
                "lab",
                "qemu:///system",
                "--scratch-pool",
                "fast",
                "--scratch-limit",
                "20GiB",
                "--nbd",
                "tls",
                "-o",
                "json");
        assertThat(ran.exit()).isZero();
        assertThat(document(ran).get("name").asText()).isEqualTo("lab");
        assertThat(Samples.read(catalog.seen().getFirst().body())).isEqualTo(Samples.read("""
                        {"name":"lab","uri":"qemu:///system","scratchPool":"fast","scratchLimitBytes":21474836480,
                         "nbd":"tls"}"""));
    }

    @Test
    void a_sources_password_comes_from_a_file_and_is_not_shown() throws IOException {
        catalog.on("POST /sources", json(Samples.source("lab")));
        var file = Files.writeString(home.resolve("password"), "hunter2\n");
        var ran =
                run("source", "add", "lab", "qemu+tls://h/system", "--user", "bob", "--password-file", file.toString());
        assertThat(ran.exit()).isZero();
        assertThat(Samples.read(catalog.seen().getFirst().body()).get("credentials"))
                .isEqualTo(Samples.read("{\"user\":\"bob\",\"password\":\"hunter2\"}"));
        assertThat(ran.out() + ran.err()).doesNotContain("hunter2");
        assertThat(run("source", "add", "lab", "qemu+tls://bob:hunter2@h/system")
                        .exit())
                .isEqualTo(2);
        assertThat(run("source", "add", "lab", "qemu+tls://h/system", "--user", "bob")
                        .exit())
                .isEqualTo(2);
    }

    @Test
    void a_pools_name_that_cannot_be_one_is_refused_before_it_is_sent() {
        var ran = run("source", "add", "lab", "qemu:///system", "--scratch-pool", "a b");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("'a b' is no name of a storage pool");
        assertThat(catalog.seen()).isEmpty();
    }

    @Test
    void sources_are_listed_in_aligned_columns() {
        catalog.on("GET /sources", json(List.of(Samples.source("lab"), Samples.source("datacentre-2"))));
        var lines = run("source", "list").out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).startsWith("NAME          STATE");
        assertThat(lines.get(1)).startsWith("lab           ok").contains("scratch <= 20.0 GiB");
        int column = lines.get(0).indexOf("URI");
        assertThat(lines.subList(1, 3))
                .allSatisfy(line -> assertThat(line.indexOf("qemu:")).isEqualTo(column));
    }

    @Test
    void a_source_check_prints_its_lines_and_its_exit_code_is_the_jobs() {
        catalog.on("POST /sources/lab/check", accepted(Samples.job(Samples.JOB, JobKind.SOURCE_CHECK, JobState.QUEUED)))
                .on(
                        "GET /jobs/" + Samples.JOB,
                        json(Samples.succeeded(
                                Samples.JOB,
                                JobKind.SOURCE_CHECK,
                                new SourceCheckResult(List.of("connected: ok", "scratch: ok")))));
        var ran = run("source", "check", "lab");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out().lines()).containsExactly("connected: ok", "scratch: ok");
    }

    @Test
    void a_source_check_that_fails_ends_with_1_and_its_sentence() {
        catalog.on("POST /sources/lab/check", accepted(Samples.job(Samples.JOB, JobKind.SOURCE_CHECK, JobState.QUEUED)))
                .on(
                        "GET /jobs/" + Samples.JOB,
                        json(Samples.failed(
                                Samples.JOB,
                                JobKind.SOURCE_CHECK,
                                ErrorCode.SOURCE_CHECK_FAILED,
                                "AppArmor denies the socket.")));
        var ran = run("source", "check", "lab");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("AppArmor denies the socket. (source-check-failed)");
    }

    @Test
    void a_source_is_removed_and_a_missing_one_is_not_found() {
        catalog.on("DELETE /sources/lab", noContent());
        assertThat(run("source", "remove", "lab").out()).isEqualTo("source lab removed\n");
        catalog.on("DELETE /sources/old", json(new SourceRemoved(List.of("VM web1 keeps 2 checkpoints."))));
        assertThat(run("source", "remove", "old").err()).contains("VM web1 keeps 2 checkpoints.");
        catalog.on("DELETE /sources/x", problem(ErrorCode.SOURCE_NOT_FOUND, "There is no source x."));
        var ran = run("source", "remove", "x");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(ran.err()).isEqualTo("holdfast: There is no source x. (source-not-found)\n");
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void machines_are_listed_and_shown() {
        catalog.on("GET /vms", json(new Page<>(List.of(Samples.vm("lab", "web1")), null)))
                .on("GET /sources", json(List.of(Samples.source("lab"))));
        assertThat(run("vm", "list", "--source", "lab").out()).contains("web1").contains("2.0 GiB");
        assertThat(catalog.seen().getFirst().target()).contains("source=lab");
        var shown = run("vm", "show", "lab/web1");
        assertThat(shown.out())
                .contains("Disk vda:   2.0 GiB, qcow2, /pool/a.qcow2")
                .contains("not in a backup: read-only")
                .contains("Note:       Firmware variables are not saved yet.");
        assertThat(catalog.seen().getLast().target()).contains("vm=lab%2Fweb1");
        assertThat(document(run("vm", "show", "web1", "-o", "json")).get("disks"))
                .hasSize(2);
        assertThat(document(run("vm", "list", "-o", "json")).get("items")).hasSize(1);
    }

    @Test
    void a_source_that_did_not_answer_is_named_beside_the_list() {
        catalog.on("GET /vms", json(new Page<>(List.of(Samples.vm("lab", "web1")), null)))
                .on("GET /sources", json(List.of(Samples.source("lab"), Samples.unreachable("far", "No route."))));
        var ran = run("vm", "list");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains("web1").doesNotContain("far");
        assertThat(ran.err()).contains("far, which is unreachable: No route.").doesNotContain("source lab");
        assertThat(run("vm", "list", "--source", "lab").err()).doesNotContain("far");
    }

    @Test
    void a_machine_nobody_lists_is_not_found_also_as_json() {
        catalog.on("GET /vms", json(new Page<>(List.of(), null)));
        var ran = run("vm", "show", "ghost", "-o", "json");
        assertThat(ran.exit()).isEqualTo(3);
        assertThat(document(ran).at("/error/code").asText()).isEqualTo("vm-not-found");
        assertThat(document(ran).get("exitCode").asInt()).isEqualTo(3);
    }

    @Test
    void a_name_with_an_escape_sequence_does_not_reach_the_terminal() {
        catalog.on("GET /vms", json(new Page<>(List.of(Samples.vm("lab", "evil\u001b[2J\u202Egnp")), null)))
                .on("GET /sources", json(List.of()));
        assertThat(run("vm", "list").out()).contains("evil?[2J?gnp").doesNotContain("\u001b");
        catalog.on("DELETE /sources/x", problem(ErrorCode.SOURCE_IN_USE, "Used by \u001b]0;evil\u0007."));
        assertThat(run("source", "remove", "x").err()).doesNotContain("\u001b").contains("?]0;evil?");
    }

    @Test
    void snapshots_are_made_listed_and_deleted() {
        var queued = Samples.job(Samples.JOB, JobKind.SNAPSHOT_CREATE, JobState.QUEUED);
        catalog.on("POST /snapshots", accepted(queued))
                .on(
                        "GET /jobs/" + Samples.JOB,
                        json(Samples.job(Samples.JOB, JobKind.SNAPSHOT_CREATE, JobState.SUCCEEDED)))
                .on("GET /snapshots", json(List.of(Samples.snapshot("vor dem Update"))))
                .on("GET /vms", json(new Page<>(List.of(Samples.vm("lab", "web1")), null)))
                .on("DELETE /snapshots/lab/vm-1/vor%20dem%20Update", accepted(queued));
        var made = run("snapshot", "create", "web1", "--name", "vor dem Update", "--description", "d", "--quiesce");
        assertThat(made.exit()).isZero();
        assertThat(made.out()).contains("succeeded").contains("1m 15s");
        assertThat(Samples.read(catalog.seen().getFirst().body())).isEqualTo(Samples.read("""
                        {"vm":"web1","name":"vor dem Update","description":"d","memory":false,"quiesce":true}"""));
        assertThat(run("snapshot", "list", "web1").out())
                .contains("vor dem Update")
                .contains("2026-11-23 13:00:00 CET")
                .contains("1.0 MiB");
        var deleted = run("snapshot", "delete", "web1", "vor dem Update", "-o", "json");
        assertThat(deleted.exit()).isZero();
        assertThat(document(deleted).get("ok").asBoolean()).isTrue();
        assertThat(catalog.seen("DELETE", "/snapshots/lab/vm-1/vor%20dem%20Update")
                        .getFirst()
                        .key())
                .isNotNull();
    }

    @Test
    void a_snapshot_whose_deletion_was_cut_off_says_so_instead_of_a_consistency() {
        SnapshotInfo whole = Samples.snapshot("whole");
        SnapshotInfo cut = new SnapshotInfo(
                "cut", null, null, whole.createdAt(), "running", false, "filesystem", true, null, true);
        catalog.on("GET /snapshots", json(List.of(whole, cut)));
        var ran = run("snapshot", "list", "web1");
        assertThat(ran.out()).contains("crash").contains("partly deleted").doesNotContain("filesystem");
        assertThat(document(run("snapshot", "list", "web1", "-o", "json"))
                        .get("items")
                        .get(1)
                        .get("partlyDeleted")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void memory_and_quiesce_exclude_each_other() {
        var ran = run("snapshot", "create", "web1", "--name", "n", "--memory", "--quiesce");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("mutually exclusive");
        assertThat(catalog.seen()).isEmpty();
    }

    @Test
    void a_scratch_limit_that_could_be_read_in_two_ways_is_refused() {
        var ran = run("source", "add", "lab", "qemu:///system", "--scratch-limit", "20GB");
        // GB is a decimal unit elsewhere; here, as in qemu-img, every unit is binary, and only G and GiB are written.
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("20GiB");
    }
}
