package io.holdfast.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class MetricsTest extends CatalogTest {

    @AfterEach
    void mend() {
        Database.run("drop trigger if exists lose_commit on restore_point");
        Database.run("drop function if exists lose_commit()");
    }

    /** A metric's value; 0 while there is none. */
    private static double value(String name) {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static void progress(String job, long done) {
        worker().body(Map.of(
                        "fencing", 1, "progress", Map.of("phase", "read", "doneBytes", done, "totalBytes", 2_000_000)))
                .post(API + "/runner/jobs/" + job + "/heartbeat")
                .then()
                .statusCode(200);
    }

    @Test
    void bytesMoveAndHaveARateWhileAJobRuns() {
        vault("v");
        String job = backup("web", "v");
        double before = value("holdfast_jobs_moved_bytes_total");
        lease("BACKUP_WORKER");
        progress(job, 1_000);
        Database.run("update job set rate_at = now() - interval '10 seconds'");
        progress(job, 1_001_000);
        double moved = value("holdfast_jobs_moved_bytes_total");
        assertThat(moved - before).isGreaterThanOrEqualTo(1_000_000);
        await().atMost(Duration.ofSeconds(25)).until(() -> value("holdfast_jobs_rate_bytes") > 10_000);
        assertThat(value("holdfast_jobs")).isGreaterThanOrEqualTo(1);
    }

    @Test
    void expiriesCommittedBytesAndFailedMessagesAreCounted() {
        vault("v");
        double expiries = value("holdfast_lease_expiries_total");
        double read = value("holdfast_backup_read_bytes_total");
        double stored = value("holdfast_backup_stored_bytes_total");
        double failures = value("holdfast_outbox_failures_total");
        String job = backup("web", "v");
        lease("BACKUP_WORKER");
        expire(job);
        due(job);
        JsonNode leased = lease("BACKUP_WORKER");
        snapshotService.failSettlements(1, io.holdfast.api.problem.ErrorCode.UNAVAILABLE);
        end(job, success(leased, point(leased, 1))).then().statusCode(204);
        assertThat(value("holdfast_lease_expiries_total") - expiries).isEqualTo(1);
        assertThat(value("holdfast_backup_read_bytes_total") - read).isEqualTo(900);
        assertThat(value("holdfast_backup_stored_bytes_total") - stored).isEqualTo(700);
        await().atMost(Duration.ofSeconds(10)).until(() -> value("holdfast_outbox_failures_total") > failures);
        await().atMost(Duration.ofSeconds(25))
                .until(() -> given().get("/q/metrics").asString().contains("holdfast_outbox_depth"));
    }

    @Test
    void whatIsRolledBackIsNotCounted() {
        vault("v");
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        double read = value("holdfast_backup_read_bytes_total");
        Database.run("""
                create function lose_commit() returns trigger language plpgsql as
                $$ begin raise exception 'refused at the end'; end $$
                """);
        Database.run("""
                create constraint trigger lose_commit after insert on restore_point deferrable initially deferred
                for each row execute function lose_commit()
                """);
        assertThat(end(job, success(leased, point(leased, 1))).statusCode()).isGreaterThanOrEqualTo(500);
        assertThat(value("holdfast_backup_read_bytes_total")).isEqualTo(read);
        mend();
        end(job, success(leased, point(leased, 1))).then().statusCode(204);
        assertThat(value("holdfast_backup_read_bytes_total")).isEqualTo(read + 900);
    }
}
