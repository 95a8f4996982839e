package io.holdfast.cli.command;

import static io.holdfast.cli.http.ScriptedCatalog.accepted;
import static io.holdfast.cli.http.ScriptedCatalog.events;
import static io.holdfast.cli.http.ScriptedCatalog.json;
import static io.holdfast.cli.http.ScriptedCatalog.lost;
import static io.holdfast.cli.http.ScriptedCatalog.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.Page;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Samples;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobMakingVerbsTest extends CommandTest {

    private static final JobInfo QUEUED = Samples.job(Samples.JOB, JobKind.BACKUP, JobState.QUEUED);
    private static final JobInfo RUNNING = Samples.running(Samples.JOB, "read", 3L << 20, 10L << 20);
    private static final JobInfo DONE = Samples.succeeded(Samples.JOB, JobKind.BACKUP, Samples.point(Samples.POINT));
    private static final String JOB = "GET /jobs/" + Samples.JOB;

    JobMakingVerbsTest() throws IOException {}

    private JsonNode sent(String path) {
        return Samples.read(catalog.seen("POST", path).getLast().body());
    }

    @Test
    void a_backup_is_waited_for_with_progress_on_standard_error_and_its_point_on_standard_output() {
        catalog.on("POST /backups", accepted(QUEUED)).on(JOB, json(RUNNING)).on(JOB + "/events", events(RUNNING, DONE));
        var ran = run("backup", "web1", "--vault", "safe", "--kind", "full", "--consistency", "filesystem");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out())
                .contains(Samples.POINT.toString())
                .contains("5.0 MiB")
                .contains("2.0 MiB")
                .contains("1m 15s");
        assertThat(ran.err()).as("a note of the point").contains("web1: The TPM's state is not in this point.");
        assertThat(ran.err()).contains("web1: read 30%, 3.0 MiB of 10.0 MiB, 1.0 MiB/s, ETA 9.0s");
        assertThat(sent("/backups")).isEqualTo(Samples.read("""
                        {"vm":"web1","vault":"safe","kind":"full","consistency":"filesystem"}"""));
    }

    @Test
    void on_a_terminal_each_job_has_one_line_that_is_redrawn() {
        catalog.on("POST /backups", accepted(QUEUED)).on(JOB, json(RUNNING)).on(JOB + "/events", events(RUNNING, DONE));
        var ran = terminal().live().run("backup", "web1", "--vault", "safe");
        assertThat(ran.err())
                .contains("\u001b[1A\r\u001b[J")
                .contains("[######--------------]  30%")
                .contains("succeeded");
        assertThat(ran.err().lines().map(l -> l.replaceAll("\r?\u001b\\[[?0-9]*[AJhl]", "")))
                .allSatisfy(line -> assertThat(line.length()).isLessThan(100));
        assertThat(ran.err().lines().toList().getLast()).startsWith("\u001b[?7hholdfast: web1: The TPM");
        assertThat(ran.out()).doesNotContain("\u001b");
    }

    @Test
    void of_several_machines_each_has_its_line_and_one_failure_makes_the_exit_code_1() {
        catalog.on(
                        "POST /backups",
                        accepted(QUEUED),
                        problem(ErrorCode.VM_NOT_FOUND, "No such VM."),
                        accepted(Samples.job(Samples.OTHER_JOB, JobKind.BACKUP, JobState.QUEUED)))
                .on(JOB, json(DONE))
                .on(
                        "GET /jobs/" + Samples.OTHER_JOB,
                        json(Samples.failed(
                                Samples.OTHER_JOB, JobKind.BACKUP, ErrorCode.SCRATCH_NO_SPACE, "5 GiB are missing.")));
        var ran = run("backup", "web1", "ghost", "db1", "--vault", "safe", "-o", "json");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err())
                .contains("ghost: No such VM. (vm-not-found)")
                .contains("db1: 5 GiB are missing. (scratch-no-space)");
        JsonNode results = document(ran).get("results");
        assertThat(results.findValuesAsText("state")).contains("succeeded", "refused", "failed");
        assertThat(results.get(0).get("ok").asBoolean()).isTrue();
        assertThat(results.get(1).at("/error/code").asText()).isEqualTo("vm-not-found");
        assertThat(results.get(2).at("/job/errorCode").asText()).isEqualTo("scratch-no-space");
    }

    @Test
    void a_kind_that_a_rule_refuses_ends_with_4() {
        catalog.on("POST /backups", problem(ErrorCode.KIND_UNSUPPORTED, "Not yet."));
        assertThat(run("backup", "web1", "--vault", "safe", "--kind", "differential")
                        .exit())
                .isEqualTo(4);
    }

    @Test
    void an_unknown_outcome_ends_with_5_also_in_json() {
        catalog.on("POST /backups", lost());
        var ran = run("backup", "web1", "--vault", "safe", "-o", "json");
        assertThat(ran.exit()).isEqualTo(5);
        assertThat(document(ran).at("/results/0/error/code").asText()).isEqualTo("outcome-unknown");
        assertThat(document(ran).at("/results/0/state").asText()).isEqualTo("unknown");
        assertThat(catalog.seen("POST", "/backups")).hasSize(3);
    }

    @Test
    void a_wait_that_ends_by_timeout_ends_with_5_and_says_how_to_go_on() {
        catalog.on("POST /backups", accepted(QUEUED)).on(JOB, json(RUNNING));
        var ran = run("backup", "web1", "--vault", "safe", "--timeout", "1s");
        assertThat(ran.exit()).isEqualTo(5);
        assertThat(ran.err()).contains("holdfast job watch " + Samples.JOB);
    }

    @Test
    void without_waiting_the_job_is_answered_and_not_asked_about() {
        catalog.on("POST /backups", accepted(QUEUED));
        var ran = run("backup", "web1", "--vault", "safe", "--no-wait", "-o", "json");
        assertThat(ran.exit()).isZero();
        assertThat(document(ran).at("/results/0/job/id").asText()).isEqualTo(Samples.JOB.toString());
        assertThat(document(ran).at("/results/0/state").asText()).isEqualTo("queued");
        assertThat(catalog.seen()).hasSize(1);
    }

    @Test
    void a_point_may_be_named_by_its_first_six_characters() {
        catalog.on(
                        "GET /points",
                        json(new Page<>(
                                List.of(Samples.point(Samples.POINT), Samples.point(Samples.OTHER_POINT)), null)))
                .on("GET /points/" + Samples.POINT, json(Samples.point(Samples.POINT)));
        var shown = run("point", "show", "ABCDEF1");
        assertThat(shown.exit()).isZero();
        assertThat(shown.out())
                .contains("web1")
                .contains("full: raw disks keep no bitmap")
                .contains("The TPM's state is not in this point.");
        assertThat(run("point", "show", "abcdef").exit()).isEqualTo(2);
        assertThat(run("point", "show", "abcdef").err()).contains(Samples.OTHER_POINT.toString());
        assertThat(run("point", "show", "abcde").exit()).isEqualTo(2);
        assertThat(run("point", "show", "123456").exit()).isEqualTo(3);
    }

    @Test
    void a_point_is_deleted_by_a_job() {
        catalog.on("GET /points", json(new Page<>(List.of(Samples.point(Samples.POINT)), null)))
                .on(
                        "DELETE /points/" + Samples.POINT,
                        accepted(Samples.job(Samples.JOB, JobKind.POINT_DELETE, JobState.QUEUED)))
                .on(
                        JOB,
                        json(Samples.succeeded(
                                Samples.JOB,
                                JobKind.POINT_DELETE,
                                Map.of("lines", List.of("The point was removed.")))));
        var ran = run("point", "delete", Samples.POINT.toString().substring(0, 8));
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("The point was removed.");
    }

    @Test
    void points_are_listed_of_one_machine_in_one_vault() {
        catalog.on("GET /points", json(new Page<>(List.of(Samples.point(Samples.POINT)), null)));
        assertThat(run("point", "list", "lab/web1", "--vault", "safe").out())
                .contains("incremental")
                .contains("3.0 GiB");
        assertThat(catalog.seen().getFirst().target()).contains("vm=lab%2Fweb1").contains("vault=safe");
    }

    @Test
    void one_point_is_restored_to_several_machines_at_once() {
        catalog.on(
                        "POST /restores",
                        accepted(QUEUED),
                        accepted(Samples.job(Samples.OTHER_JOB, JobKind.RESTORE, JobState.QUEUED)))
                .on(JOB, json(Samples.succeeded(Samples.JOB, JobKind.RESTORE, Map.of("vmId", "new-vm-1"))))
                .on(
                        "GET /jobs/" + Samples.OTHER_JOB,
                        json(Samples.succeeded(Samples.OTHER_JOB, JobKind.RESTORE, Map.of("vmId", "new-vm-2"))));
        var ran = run(
                "restore",
                Samples.POINT.toString(),
                "--as",
                "a",
                "--as",
                "b",
                "--source",
                "dc",
                "--pool",
                "fast",
                "--network",
                "n1",
                "--disk",
                "vda,vdb",
                "--start");
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains("new-vm-1").contains("new-vm-2");
        assertThat(sent("/restores")).isEqualTo(Samples.read("""
                {"point":"abcdef12-0000-4000-8000-000000000003","source":"dc","name":"b","inPlace":false,"pool":"fast",
                 "network":"n1","disks":["vda","vdb"],"start":true}"""));
    }

    @Test
    void a_restore_in_place_names_nothing_else() {
        catalog.on("POST /restores", accepted(QUEUED))
                .on(JOB, json(Samples.job(Samples.JOB, JobKind.RESTORE, JobState.SUCCEEDED)));
        assertThat(run("restore", Samples.POINT.toString(), "--in-place").exit())
                .isZero();
        assertThat(sent("/restores")).isEqualTo(Samples.read("""
                {"point":"abcdef12-0000-4000-8000-000000000003","inPlace":true,"start":false}"""));
    }

    @Test
    void what_a_restore_left_or_could_not_start_is_said_although_it_succeeded() {
        var result = Map.of("vmId", "vm-1", "notes", List.of("The VM is restored but did not start: no network nonet"));
        catalog.on("POST /restores", accepted(QUEUED))
                .on(JOB, json(Samples.succeeded(Samples.JOB, JobKind.RESTORE, result)));
        var ran = run("restore", Samples.POINT.toString(), "--in-place");
        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).contains("did not start: no network nonet");
    }

    @Test
    void a_restore_wants_to_know_as_whom_and_only_one_way() {
        String point = Samples.POINT.toString();
        assertThat(run("restore", point).exit()).isEqualTo(2);
        assertThat(run("restore", point, "--as", "a", "--in-place").exit()).isEqualTo(2);
        assertThat(run("restore", point, "--in-place", "--source", "dc").exit()).isEqualTo(2);
        assertThat(run("restore", point, "--as", "a,a").exit()).isEqualTo(2);
        assertThat(run("restore", point, "--as", "good,b d").err()).contains("'b d' is no name for a machine");
        assertThat(catalog.seen()).isEmpty();
    }

    @Test
    void a_restore_onto_an_existing_name_that_only_the_job_found_is_refused_by_a_rule() {
        catalog.on("POST /restores", accepted(QUEUED))
                .on(JOB, json(Samples.failed(Samples.JOB, JobKind.RESTORE, ErrorCode.VM_NAME_EXISTS, "web1 exists.")));
        assertThat(run("restore", Samples.POINT.toString(), "--as", "web1").exit())
                .isEqualTo(4);
    }

    @Test
    void jobs_are_listed_watched_and_cancelled() {
        catalog.on("GET /jobs", json(new Page<>(List.of(RUNNING, DONE), "more")))
                .on(JOB, json(RUNNING), json(DONE))
                .on("POST /jobs/" + Samples.JOB + "/cancel", accepted(RUNNING));
        assertThat(run("job", "list", "--state", "running", "--limit", "2").out())
                .contains("30%")
                .contains("read");
        assertThat(catalog.seen().getFirst().target()).contains("state=RUNNING").contains("limit=2");
        assertThat(run("job", "watch", Samples.JOB.toString()).exit()).isZero();
        var late = run("job", "cancel", Samples.JOB.toString());
        assertThat(late.exit()).isEqualTo(4);
        assertThat(late.err()).contains("before it could be cancelled");
    }

    @Test
    void a_job_is_shown_with_how_it_ended_and_what_it_had_to_say() {
        var result = Map.of("vmId", "vm-9", "notes", List.of("The old disks stay: a pool is full."));
        catalog.on(JOB, json(Samples.succeeded(Samples.JOB, JobKind.RESTORE, result)));
        var shown = run("job", "show", Samples.JOB.toString());
        assertThat(shown.exit()).isZero();
        assertThat(shown.out())
                .contains("restore", "lab/web1", "succeeded", "1m 15s", "vm-9", "The old disks stay: a pool is full.");
        assertThat(run("job", "watch", Samples.JOB.toString()).err()).contains("The old disks stay");
        assertThat(document(run("job", "show", Samples.JOB.toString(), "-o", "json"))
                        .get("state")
                        .asText())
                .isEqualToIgnoringCase("succeeded");
    }

    @Test
    void a_job_that_failed_is_shown_with_its_sentence() {
        catalog.on(JOB, json(Samples.failed(Samples.JOB, JobKind.BACKUP, ErrorCode.SCRATCH_FULL, "No room was left.")));
        var shown = run("job", "show", Samples.JOB.toString());
        assertThat(shown.exit()).isZero();
        assertThat(shown.out()).contains("No room was left. (scratch-full)");
    }

    @Test
    void a_last_look_is_not_told_as_a_failure() {
        var looking = Samples.looking(Samples.JOB, "vault-unreachable", "The vault was away.");
        catalog.on(JOB, json(looking)).on(JOB + "/events", events(looking, DONE));
        var ran = run("job", "watch", Samples.JOB.toString());
        assertThat(ran.exit()).isZero();
        assertThat(ran.err())
                .contains("looking, whether an attempt had done it")
                .doesNotContain("the last attempt failed");
    }

    @Test
    void why_a_job_waits_is_in_its_line() {
        var waiting = Samples.waiting(Samples.JOB, "vault-unreachable", "The vault was away.");
        catalog.on(JOB, json(waiting)).on(JOB + "/events", events(waiting, DONE));
        assertThat(run("job", "watch", Samples.JOB.toString()).err())
                .contains("queued, because the last attempt failed: The vault was away.");
    }

    @Test
    void a_cancel_is_done_when_the_job_is_cancelled() {
        catalog.on("POST /jobs/" + Samples.JOB + "/cancel", accepted(RUNNING))
                .on(JOB, json(RUNNING), json(Samples.job(Samples.JOB, JobKind.BACKUP, JobState.CANCELLED)));
        var ran = run("job", "cancel", Samples.JOB.toString());
        assertThat(ran.exit()).isZero();
        assertThat(ran.out()).contains("was cancelled");
    }

    @Test
    void a_watched_job_that_somebody_cancelled_has_failed() {
        catalog.on(JOB, json(Samples.job(Samples.JOB, JobKind.BACKUP, JobState.CANCELLED)));
        var ran = run("job", "watch", Samples.JOB.toString());
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("(job-cancelled)");
    }
}
