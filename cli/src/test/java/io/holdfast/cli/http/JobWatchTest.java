package io.holdfast.cli.http;

import static io.holdfast.cli.http.ScriptedCatalog.events;
import static io.holdfast.cli.http.ScriptedCatalog.json;
import static io.holdfast.cli.http.ScriptedCatalog.problem;
import static io.holdfast.cli.http.ScriptedCatalog.silent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.job.JobState;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Samples;
import io.holdfast.cli.Terminal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobWatchTest {

    private static final String GET = "GET /jobs/" + Samples.JOB;
    private static final String EVENTS = GET + "/events";
    private static final JobInfo RUNNING = Samples.running(Samples.JOB, "read", 1, 2);
    private static final JobInfo DONE = Samples.job(Samples.JOB, JobKind.BACKUP, JobState.SUCCEEDED);

    private final ScriptedCatalog server = new ScriptedCatalog();
    private final CatalogClient client = new CatalogClient(
            CatalogAddress.of(server.url(), null), Terminal.quick(), Pause.real(), InstantSource.system());
    private final List<JobInfo> seen = new ArrayList<>();

    JobWatchTest() throws IOException {}

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private JobInfo watch() throws InterruptedException {
        return client.watch(Samples.JOB, null, seen::add);
    }

    @Test
    void events_lead_to_the_end_without_asking_again() throws Exception {
        server.on(GET, json(RUNNING)).on(EVENTS, events(RUNNING, DONE));
        assertThat(watch().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(server.seen("GET", "/jobs/" + Samples.JOB)).hasSize(1);
        assertThat(seen.getLast()).isEqualTo(DONE);
    }

    @Test
    void a_job_that_has_ended_needs_no_stream() throws Exception {
        server.on(GET, json(DONE));
        assertThat(watch()).isEqualTo(DONE);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void a_stream_that_breaks_off_is_opened_again() throws Exception {
        server.on(GET, json(RUNNING)).on(EVENTS, events(RUNNING), events(RUNNING), events(DONE));
        assertThat(watch().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(server.seen("GET", "/jobs/" + Samples.JOB + "/events")).hasSize(3);
    }

    @Test
    void where_no_events_come_asking_leads_to_the_end() throws Exception {
        server.on(GET, json(RUNNING), json(RUNNING), json(RUNNING), json(RUNNING), json(RUNNING), json(DONE))
                .on(EVENTS, problem(ErrorCode.NOT_FOUND, "No events here."));
        assertThat(watch().state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(server.seen("GET", "/jobs/" + Samples.JOB + "/events")).hasSize(3);
    }

    @Test
    void events_that_are_no_jobs_and_events_of_other_jobs_are_not_believed() throws Exception {
        JobInfo other = Samples.job(Samples.OTHER_JOB, JobKind.BACKUP, JobState.FAILED);
        server.on(GET, json(RUNNING), json(RUNNING), json(DONE)).on(EVENTS, events(other), events("{nonsense"));
        assertThat(watch()).isEqualTo(DONE);
        assertThat(seen).doesNotContain(other);
    }

    @Test
    void a_line_without_end_ends_the_stream_and_not_the_memory() throws Exception {
        server.on(GET, json(RUNNING), json(DONE)).on(EVENTS, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            byte[] dashes = "-".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 64; i++) {
                exchange.getResponseBody().write(dashes);
            }
        });
        assertThat(watch()).isEqualTo(DONE);
    }

    @Test
    void a_catalog_that_is_away_for_a_while_is_waited_for() throws Exception {
        ScriptedCatalog.Reply away = problem(ErrorCode.UNAVAILABLE, "Starting.");
        server.on(GET, json(RUNNING), away, away, away, away, away, away, away, json(DONE))
                .on(EVENTS, events());
        assertThat(watch()).isEqualTo(DONE);
    }

    @Test
    void a_catalog_that_stays_away_ends_the_wait() {
        server.on(GET, json(RUNNING), problem(ErrorCode.UNAVAILABLE, "Gone.")).on(EVENTS, events());
        assertThatThrownBy(this::watch)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void the_wait_ends_at_its_deadline_with_the_job_as_it_was_last_seen() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        server.on(GET, json(RUNNING)).on(EVENTS, silent(end));
        JobInfo last =
                client.watch(Samples.JOB, InstantSource.system().instant().plusMillis(200), seen::add);
        end.countDown();
        assertThat(last.state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void a_job_nobody_knows_is_not_found() {
        server.on(GET, problem(ErrorCode.JOB_NOT_FOUND, "No such job."));
        assertThatThrownBy(this::watch)
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.JOB_NOT_FOUND));
    }
}
