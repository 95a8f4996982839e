package io.holdfast.cli.http;

import static io.holdfast.cli.http.ScriptedCatalog.accepted;
import static io.holdfast.cli.http.ScriptedCatalog.json;
import static io.holdfast.cli.http.ScriptedCatalog.lost;
import static io.holdfast.cli.http.ScriptedCatalog.noContent;
import static io.holdfast.cli.http.ScriptedCatalog.problem;
import static io.holdfast.cli.http.ScriptedCatalog.silent;
import static io.holdfast.cli.http.ScriptedCatalog.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.Page;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Requests;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.VmInfo;
import io.holdfast.cli.Samples;
import io.holdfast.cli.Terminal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogClientTest {

    private static final Requests.Backup BACKUP = new Requests.Backup("web1", "safe", null, null);
    private static final JobInfo QUEUED = Samples.job(Samples.JOB, JobKind.BACKUP, JobState.QUEUED);

    private final ScriptedCatalog server = new ScriptedCatalog();
    private final CatalogClient client = client(server.url(), Terminal.quick());

    CatalogClientTest() throws IOException {}

    private static CatalogClient client(String url, Timing timing) {
        return new CatalogClient(
                CatalogAddress.of(url, new BearerToken("top.secret.token")),
                timing,
                Pause.real(),
                InstantSource.system());
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private static void fails(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void a_read_is_tried_again_while_the_catalog_is_away_for_a_moment() throws Exception {
        server.on(
                "GET /sources",
                problem(ErrorCode.UNAVAILABLE, "Starting."),
                lost(),
                json(List.of(Samples.source("lab"))));
        assertThat(client.sources()).hasSize(1);
    }

    @Test
    void a_post_whose_answer_was_lost_is_sent_again_with_the_same_key_and_makes_one_job() throws Exception {
        server.on("POST /backups", lost(), status(504, "text/plain", "gateway"), accepted(QUEUED));
        assertThat(client.backup(BACKUP).id()).isEqualTo(Samples.JOB);
        assertThat(server.seen("POST", "/backups")).hasSize(3);
        assertThat(server.seen("POST", "/backups").stream()
                        .map(ScriptedCatalog.Seen::key)
                        .distinct())
                .hasSize(1)
                .doesNotContainNull();
    }

    @Test
    void two_posts_have_two_keys() throws Exception {
        server.on("POST /backups", accepted(QUEUED));
        client.backup(BACKUP);
        client.backup(BACKUP);
        assertThat(server.seen("POST", "/backups").stream()
                        .map(ScriptedCatalog.Seen::key)
                        .distinct())
                .hasSize(2);
    }

    @Test
    void a_post_that_was_never_answered_has_an_unknown_outcome() {
        server.on("POST /backups", lost());
        fails(() -> client.backup(BACKUP), ErrorCode.OUTCOME_UNKNOWN);
        assertThat(server.seen("POST", "/backups")).hasSize(3);
    }

    @Test
    void a_post_that_was_lost_and_then_only_met_a_stopped_catalog_has_an_unknown_outcome() {
        server.on("POST /backups", lost(), problem(ErrorCode.UNAVAILABLE, "Stopping."));
        fails(() -> client.backup(BACKUP), ErrorCode.OUTCOME_UNKNOWN);
    }

    @Test
    void a_post_that_every_time_was_turned_away_was_not_done() {
        server.on("POST /backups", problem(ErrorCode.UNAVAILABLE, "No database."));
        fails(() -> client.backup(BACKUP), ErrorCode.UNAVAILABLE);
    }

    @Test
    void a_definite_answer_after_a_lost_one_is_the_answer() {
        server.on("POST /backups", lost(), problem(ErrorCode.VM_NOT_FOUND, "No such VM."));
        fails(() -> client.backup(BACKUP), ErrorCode.VM_NOT_FOUND);
    }

    @Test
    void without_a_catalog_a_post_was_not_sent_and_the_message_names_the_url() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        try (CatalogClient nobody = client("http://127.0.0.1:" + free, Terminal.quick())) {
            assertThatThrownBy(() -> nobody.backup(BACKUP)).isInstanceOfSatisfying(ApiException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(e.detail()).contains("127.0.0.1:" + free).contains("holdfast status");
            });
        }
    }

    @Test
    void what_the_catalog_says_of_a_dead_hypervisor_is_not_asked_again() {
        server.on("POST /sources/lab/check", problem(ErrorCode.SOURCE_UNREACHABLE, "No route."));
        fails(() -> client.checkSource("lab"), ErrorCode.SOURCE_UNREACHABLE);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void a_request_that_is_refused_is_not_sent_again() {
        server.on("POST /backups", problem(ErrorCode.VM_BUSY, "Another backup runs."));
        fails(() -> client.backup(BACKUP), ErrorCode.VM_BUSY);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void a_catalog_that_says_nothing_is_given_up_at_the_deadline() {
        CountDownLatch end = new CountDownLatch(1);
        server.on("GET /sources", silent(end));
        Timing hasty = Terminal.quick().withRequest(Duration.ofMillis(100));
        try (CatalogClient client = client(server.url(), hasty)) {
            fails(client::sources, ErrorCode.DEADLINE_EXCEEDED);
        } finally {
            end.countDown();
        }
        assertThat(server.seen()).hasSize(3);
    }

    @Test
    void an_answer_that_stalls_in_its_body_is_given_up_at_the_deadline_too() {
        CountDownLatch end = new CountDownLatch(1);
        server.on("GET /sources", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('[');
            exchange.getResponseBody().flush();
            silent(end).to(exchange);
        });
        Timing hasty = Terminal.quick().withRequest(Duration.ofMillis(100));
        try (CatalogClient client = client(server.url(), hasty)) {
            fails(client::sources, ErrorCode.DEADLINE_EXCEEDED);
        } finally {
            end.countDown();
        }
    }

    @Test
    void an_answer_without_end_is_not_kept() {
        byte[] blanks = " ".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        server.on("GET /sources", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 64; i++) {
                exchange.getResponseBody().write(blanks);
            }
        });
        fails(client::sources, ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void a_redirect_is_not_followed_with_the_token() throws Exception {
        try (ScriptedCatalog thief = new ScriptedCatalog()) {
            server.on("GET /sources", exchange -> {
                exchange.getResponseHeaders().set("Location", thief.url() + "/api/v1/sources");
                exchange.sendResponseHeaders(302, -1);
            });
            fails(client::sources, ErrorCode.INTERNAL);
            assertThat(thief.seen()).isEmpty();
        }
    }

    @Test
    void every_request_carries_the_token() throws Exception {
        server.on("GET /sources", json("[]"));
        client.sources();
        assertThat(server.seen().getFirst().token()).isEqualTo("Bearer top.secret.token");
    }

    @Test
    void a_list_is_read_to_its_last_page() throws Exception {
        server.on("GET /vms?limit=1000", json(new Page<>(List.of(Samples.vm("lab", "a")), "lab/a b")));
        server.on("GET /vms?limit=1000&after=lab%2Fa%20b", json(new Page<>(List.of(Samples.vm("lab", "c")), null)));
        assertThat(client.vms(null, null)).extracting(VmInfo::name).containsExactly("a", "c");
    }

    @Test
    void a_list_that_goes_in_circles_ends_with_an_error() {
        server.on("GET /vms", json(new Page<>(List.of(Samples.vm("lab", "a")), "again")));
        fails(() -> client.vms(null, null), ErrorCode.INTERNAL);
    }

    @Test
    void a_delete_that_was_lost_and_then_finds_nothing_is_done() throws Exception {
        server.on("DELETE /sources/lab", lost(), problem(ErrorCode.SOURCE_NOT_FOUND, "No such source."));
        client.removeSource("lab", false);
        assertThat(server.seen()).hasSize(2);
    }

    @Test
    void a_source_that_exists_after_a_lost_answer_may_be_the_one_that_was_asked_for() {
        server.on("POST /sources", lost(), problem(ErrorCode.SOURCE_EXISTS, "There is a source lab."));
        var spec = new io.holdfast.api.source.SourceSpec("lab", "qemu:///system", null, null, null);
        fails(() -> client.addSource(spec), ErrorCode.OUTCOME_UNKNOWN);
        fails(() -> client.addSource(spec), ErrorCode.SOURCE_EXISTS);
    }

    @Test
    void a_delete_of_what_never_was_is_not_found() {
        server.on("DELETE /sources/lab", problem(ErrorCode.SOURCE_NOT_FOUND, "No such source."));
        fails(() -> client.removeSource("lab", false), ErrorCode.SOURCE_NOT_FOUND);
    }

    @Test
    void names_from_outside_stay_one_segment_of_the_path() throws Exception {
        server.on("DELETE /snapshots/lab/vm-1/a%2F..%2F%3Fb%20%C3%BC", accepted(QUEUED));
        client.deleteSnapshot("lab", "vm-1", "a/../?b ü");
        fails(() -> client.deleteSnapshot("lab", "vm-1", ".."), ErrorCode.INVALID_REQUEST);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void a_vm_name_that_two_sources_know_is_ambiguous_and_both_are_named() {
        server.on("GET /vms", json(new Page<>(List.of(Samples.vm("lab", "a"), Samples.vm("dc", "a")), null)));
        assertThatThrownBy(() -> client.vm("a")).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.VM_AMBIGUOUS);
            assertThat(e.detail()).contains("lab/a").contains("dc/a");
        });
    }

    @Test
    void a_code_of_a_later_version_keeps_the_meaning_of_its_status() {
        server.on("GET /points/" + Samples.POINT, status(404, "application/problem+json", """
                {"status":404,"code":"point-evaporated","detail":"Gone."}"""));
        fails(() -> client.point(Samples.POINT), ErrorCode.NOT_FOUND);
    }

    @Test
    void an_answer_that_is_no_record_is_an_error_that_does_not_quote_it() {
        server.on("POST /vaults", json("{\"recoveryKey\": [\"s3cret\"]}"));
        assertThatThrownBy(() -> client.addVault(
                        new io.holdfast.api.vault.VaultSpec("v", "file:///x", null, null, "longpassphrase")))
                .isInstanceOf(ApiException.class)
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void removing_a_vault_says_whether_its_points_are_to_be_forgotten() throws Exception {
        server.on("DELETE /vaults/safe", noContent());
        client.removeVault("safe", false);
        client.removeVault("safe", true);
        assertThat(server.seen())
                .extracting(ScriptedCatalog.Seen::target)
                .containsExactly("/vaults/safe", "/vaults/safe?forget=true");
    }

    @Test
    void an_interrupt_ends_a_request_at_once() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        server.on("GET /sources", silent(end));
        Thread.currentThread().interrupt();
        assertThatThrownBy(client::sources).isInstanceOf(InterruptedException.class);
        end.countDown();
    }

    @Test
    void the_key_may_be_the_callers_own() throws Exception {
        UUID key = UUID.randomUUID();
        server.on("POST /backups", accepted(QUEUED));
        client.backup(BACKUP, key);
        assertThat(server.seen().getFirst().key()).isEqualTo(key.toString());
    }
}
