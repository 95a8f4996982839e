package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.count;
import static io.holdfast.catalog.support.Database.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class FencingTest extends CatalogTest {

    @BeforeEach
    void aVault() {
        vault("v");
    }

    @Test
    void aHeartbeatRenewsTheLeaseAndTellsOfACancelRequest() {
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        Database.run("update job set lease_expires_at = now() + interval '2 seconds'");
        heartbeat(job, 1)
                .then()
                .statusCode(200)
                .body("leaseSeconds", equalTo(30))
                .body("cancelRequested", equalTo(false));
        assertThat(text("select lease_expires_at > now() + interval '20 seconds' from job"))
                .isEqualTo("t");
        admin().post(API + "/jobs/" + job + "/cancel").then().statusCode(200);
        heartbeat(job, leased.path("fencing").asLong()).then().body("cancelRequested", equalTo(true));
    }

    @Test
    void aSlowAttemptIsFencedOffAndChangesNothing() {
        String job = backup("web", "v");
        JsonNode slow = lease("BACKUP_WORKER");
        expire(job);
        heartbeat(job, 1).then().statusCode(409).body("code", equalTo("lease-lost"));
        due(job);
        JsonNode next = lease("BACKUP_WORKER");
        assertThat(next.path("fencing").asLong()).isEqualTo(2);
        assertThat(next.path("spec")).isEqualTo(slow.path("spec"));

        String before = text("select row_to_json(job)::text from job");
        heartbeat(job, 1).then().statusCode(409).body("code", equalTo("fenced"));
        end(job, success(slow, point(slow, 1))).then().statusCode(409).body("code", equalTo("fenced"));
        end(job, failure(slow, "no-space")).then().statusCode(409).body("code", equalTo("fenced"));
        assertThat(text("select row_to_json(job)::text from job")).isEqualTo(before);
        assertThat(count("restore_point")).isZero();
        assertThat(count("outbox")).isZero();

        end(job, success(next, point(next, 1))).then().statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(count("restore_point")).isEqualTo(1);
        assertThat(text("select string_agg(outcome, ' ' order by fencing) from job_attempt"))
                .isEqualTo("EXPIRED SUCCEEDED");
    }

    @Test
    void anEndMayBeRepeatedAndHasOneEffect() {
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        Map<String, Object> end = success(leased, point(leased, 1));
        for (int i = 0; i < 3; i++) {
            end(job, end).then().statusCode(204);
        }
        assertThat(count("restore_point")).isEqualTo(1);
        assertThat(count("outbox")).isEqualTo(1);
        end(job, failure(leased, "no-space")).then().statusCode(409).body("code", equalTo("lease-lost"));
        assertThat(job(job).path("state").asText()).isEqualTo("SUCCEEDED");
        unlocked();
    }

    @Test
    void waitsBetweenAttemptsDoubleAndTheFifthStrikeIsTheLast() {
        String job = backup("web", "v");
        for (int attempt = 1; attempt <= 5; attempt++) {
            due(job);
            JsonNode leased = lease("BACKUP_WORKER");
            assertThat(leased.path("fencing").asLong()).isEqualTo(attempt);
            if (attempt % 2 == 0) {
                expire(job);
            } else {
                end(job, failure(leased, "nbd-error")).then().statusCode(204);
            }
            if (attempt < 5) {
                assertThat(job(job).path("state").asText()).isEqualTo("QUEUED");
                double wait = Double.parseDouble(text("select extract(epoch from not_before - (select max(ended_at)"
                        + " from job_attempt)) from job where id = '" + job + "'"));
                assertThat(wait).isBetween((1 << (attempt - 1)) - 0.5, (1 << (attempt - 1)) + 0.5);
            }
        }
        JsonNode ended = job(job);
        assertThat(ended.path("state").asText()).isEqualTo("FAILED");
        assertThat(ended.path("errorCode").asText()).isEqualTo("job-attempts-exhausted");
        assertThat(ended.path("error").asText()).contains("nbd-error").contains("by test");
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_ABANDONED");
    }

    @Test
    void aFailureOfTheUsersMakingEndsTheJobAtOnce() {
        String job = backup("web", "v");
        end(job, failure(lease("BACKUP_WORKER"), "scratch-no-space")).then().statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("FAILED");
        assertThat(job(job).path("errorCode").asText()).isEqualTo("scratch-no-space");
        unlocked();
    }

    @Test
    void strikesAreCountedAnewWhenTheAttemptsGotOn() {
        String job = backup("web", "v");
        for (int attempt = 1; attempt <= 12; attempt++) {
            due(job);
            JsonNode leased = lease("BACKUP_WORKER");
            // Each third attempt comes eight gigabytes further.
            Database.run("update job set done_bytes = " + (attempt / 3) * (8L << 30));
            end(job, failure(leased, "nbd-error")).then().statusCode(204);
            assertThat(job(job).path("state").asText()).isEqualTo("QUEUED");
        }
        for (int attempt = 13; attempt <= 16; attempt++) {
            due(job);
            end(job, failure(lease("BACKUP_WORKER"), "nbd-error")).then().statusCode(204);
        }
        assertThat(job(job).path("state").asText()).isEqualTo("FAILED");
    }

    @Test
    void aBusyVmIsWaitedForWithoutAStrike() {
        String job = backup("web", "v");
        for (int i = 1; i <= 7; i++) {
            due(job);
            end(job, failure(lease("BACKUP_WORKER"), "vm-busy")).then().statusCode(204);
        }
        assertThat(job(job).path("state").asText()).isEqualTo("QUEUED");
        assertThat(job(job).path("errorCode").asText()).isEqualTo("vm-busy");
        assertThat(text("select strikes || ' ' || (not_before > now() + interval '20 seconds') from job"))
                .isEqualTo("0 true");
    }

    @Test
    void aReleasedJobIsFreeAtOnceAndCountsAsNoStrike() {
        String job = backup("web", "v");
        for (int i = 1; i <= 7; i++) {
            JsonNode leased = lease("BACKUP_WORKER");
            assertThat(leased.path("fencing").asInt()).isEqualTo(i);
            end(job, Map.of("fencing", i, "outcome", "RELEASED")).then().statusCode(204);
        }
        assertThat(job(job).path("state").asText()).isEqualTo("QUEUED");
        assertThat(job(job).path("attempt").asInt()).isEqualTo(7);
        assertThat(text("select strikes from job")).isEqualTo("0");
    }

    @Test
    void aPointThatIsNotTheJobsIsRefusedAndNothingChanges() {
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        var other = new java.util.HashMap<>(point(leased, 1));
        other.put("id", UUID.randomUUID().toString());
        end(job, success(leased, other)).then().statusCode(400).body("code", equalTo("invalid-request"));
        end(job, success(leased, Map.of("id", "x"))).then().statusCode(400);
        end(job, Map.of("fencing", 1, "outcome", "SUCCEEDED")).then().statusCode(400);
        assertThat(job(job).path("state").asText()).isEqualTo("RUNNING");
        assertThat(count("restore_point")).isZero();
    }

    @Test
    void aSequenceThatWasAnotherPointBeforeMeansAnotherVault() {
        committedPoint("web", "v", 1);
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        end(job, success(leased, point(leased, 1))).then().statusCode(204);
        assertThat(job(job).path("errorCode").asText()).isEqualTo("vault-is-another");
        assertThat(count("restore_point")).isEqualTo(1);
        assertThat(text("select kind from outbox where job = '" + job + "'")).isEqualTo("SETTLE_ABANDONED");
    }

    @Test
    void progressHasARateAndATimeLeftWhileItRuns() {
        String job = backup("web", "v");
        lease("BACKUP_WORKER");
        progress(job, 0);
        Database.run("update job set rate_at = now() - interval '10 seconds'");
        progress(job, 1_000_000);
        JsonNode progress = job(job).path("progress");
        assertThat(progress.path("phase").asText()).isEqualTo("read");
        assertThat(progress.path("bytesPerSecond").asLong()).isBetween(80_000L, 100_000L);
        assertThat(progress.path("etaSeconds").asLong()).isBetween(10L, 13L);
        end(job, Map.of("fencing", 1, "outcome", "RELEASED")).then().statusCode(204);
        assertThat(job(job).path("progress").has("bytesPerSecond")).isFalse();
    }

    private static void progress(String job, long done) {
        worker().body(Map.of(
                        "fencing", 1, "progress", Map.of("phase", "read", "doneBytes", done, "totalBytes", 2_000_000)))
                .post(API + "/runner/jobs/" + job + "/heartbeat")
                .then()
                .statusCode(200);
    }

    @Test
    void unknownJobsAreNotFound() {
        String none = UUID.randomUUID().toString();
        heartbeat(none, 1).then().statusCode(404).body("code", equalTo("job-not-found"));
        end(none, Map.of("fencing", 1, "outcome", "RELEASED"))
                .then()
                .statusCode(404)
                .body("code", equalTo("job-not-found"));
    }
}
