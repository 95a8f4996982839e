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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A commit is outside of the catalog: an attempt that dies after it leaves a point that only a look into the vault shows. */
@QuarkusTest
class LastLookTest extends CatalogTest {

    @BeforeEach
    void aVault() {
        vault("v");
    }

    private static String state(String job) {
        return job(job).path("state").asText();
    }

    /** A job whose first attempt died without a word, and that somebody cancels while it waits. */
    private static String cancelledInDoubt() {
        String job = backup("web", "v");
        lease("BACKUP_WORKER");
        expire(job);
        admin().post(API + "/jobs/" + job + "/cancel")
                .then()
                .statusCode(200)
                .body("state", equalTo("QUEUED"))
                .body("cancelRequested", equalTo(true))
                .body("errorCode", equalTo("job-cancelled"));
        return job;
    }

    private static JsonNode look(String runner, String job) {
        due(job);
        JsonNode leased = lease(runner);
        assertThat(leased.path("job").asText()).isEqualTo(job);
        assertThat(leased.path("lookOnly").asBoolean()).isTrue();
        return leased;
    }

    @Test
    void aPointThatWasCommittedBeforeTheRunnerDiedIsFoundAlthoughTheJobIsCancelled() {
        String job = cancelledInDoubt();
        assertThat(count("outbox")).isZero();
        JsonNode look = look("BACKUP_WORKER", job);
        heartbeat(job, look.path("fencing").asLong()).then().body("cancelRequested", equalTo(false));
        admin().post(API + "/jobs/" + job + "/cancel").then().statusCode(200).body("state", equalTo("RUNNING"));
        end(job, success(look, point(look, 1))).then().statusCode(204);
        assertThat(state(job)).isEqualTo("SUCCEEDED");
        assertThat(job(job).has("errorCode")).isFalse();
        assertThat(count("restore_point")).isEqualTo(1);
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_COMMITTED");
    }

    @Test
    void aLookThatFindsNothingEndsTheJobAsItWasToEnd() {
        String job = backup("web", "v");
        Database.run("update job set max_attempts = 1");
        lease("BACKUP_WORKER");
        expire(job);
        assertThat(state(job)).isEqualTo("QUEUED");
        end(job, failure(look("BACKUP_WORKER", job), "point-not-found")).then().statusCode(204);
        assertThat(state(job)).isEqualTo("FAILED");
        assertThat(job(job).path("errorCode").asText()).isEqualTo("job-attempts-exhausted");
        assertThat(job(job).path("error").asText()).contains("lease-lost");
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_ABANDONED");
    }

    @Test
    void aFinalFailureThatMayHaveCommittedIsLookedAtAndOneThatHasNotIsFinalAtOnce() {
        String sure = backup("web", "v");
        end(sure, failure(lease("BACKUP_WORKER"), "vault-denied", "NOTHING_BY_THIS_ATTEMPT"))
                .then()
                .statusCode(204);
        assertThat(state(sure)).isEqualTo("FAILED");
        unlocked();

        String unsure = backup("web", "v");
        end(unsure, failure(lease("BACKUP_WORKER"), "vault-full", "PERHAPS"))
                .then()
                .statusCode(204);
        assertThat(state(unsure)).isEqualTo("QUEUED");
        assertThat(job(unsure).path("errorCode").asText()).isEqualTo("vault-full");
    }

    @Test
    void aDoubtOutlivesAttemptsThatDoNotLookAndEndsWithOneThatDoes() {
        String job = backup("web", "v");
        end(job, failure(lease("BACKUP_WORKER"), "outcome-unknown", "PERHAPS"))
                .then()
                .statusCode(204);
        due(job);
        end(job, failure(lease("BACKUP_WORKER"), "vault-unreachable", "NOTHING_BY_THIS_ATTEMPT"))
                .then()
                .statusCode(204);
        assertThat(text("select doubtful from job")).isEqualTo("t");
        due(job);
        end(job, failure(lease("BACKUP_WORKER"), "no-space", "NOTHING")).then().statusCode(204);
        assertThat(state(job)).isEqualTo("FAILED");
    }

    @Test
    void aLookThatCannotBeTakenIsTakenAgainKeepingTheReasonAndGivenUpInTheEnd() {
        String job = cancelledInDoubt();
        for (int i = 0; i < 7; i++) {
            JsonNode look = look("BACKUP_WORKER", job);
            if (i % 2 == 0) {
                end(job, failure(look, "vault-denied", "NOTHING_BY_THIS_ATTEMPT"))
                        .then()
                        .statusCode(204);
            } else {
                expire(job);
            }
            assertThat(state(job)).isEqualTo("QUEUED");
            assertThat(job(job).path("errorCode").asText()).isEqualTo("job-cancelled");
        }
        assertThat(text("select not_before > now() + interval '20 seconds' from job"))
                .isEqualTo("t");
        assertThat(text("select count(*) from resource_lock where key = 'vm:lab/vm-1'"))
                .isEqualTo("1");

        JsonNode last = look("BACKUP_WORKER", job);
        Database.run("update job set look_until = now() - interval '1 second'");
        end(job, failure(last, "vault-unreachable", "PERHAPS")).then().statusCode(204);
        assertThat(state(job)).isEqualTo("CANCELLED");
        assertThat(job(job).path("error").asText()).contains("Nobody could look");
        assertThat(text("select subject || ' ' || outcome from audit where action = 'job.unseen'"))
                .isEqualTo("web CANCELLED");
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_ABANDONED");
    }

    @Test
    void aRestoreThatWasFinishedBeforeItsRunnerDiedHasSucceededAndIsNotAborted() {
        String point = committedPoint("web", "v", 1);
        unlocked();
        String job = admin().body(Map.of("point", point, "inPlace", true))
                .post(API + "/restores")
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        lease("RESTORE_SERVICE");
        expire(job);
        admin().post(API + "/jobs/" + job + "/cancel").then().body("state", equalTo("QUEUED"));
        JsonNode look = look("RESTORE_SERVICE", job);
        end(job, success(look, Map.of("vmId", "vm-1", "vmName", "web"))).then().statusCode(204);
        assertThat(state(job)).isEqualTo("SUCCEEDED");
        assertThat(text("select count(*) from outbox where kind = 'ABORT_TARGET'"))
                .isEqualTo("0");
    }

    @Test
    void aVaultThatIsForgottenIsNotLookedAt() {
        String job = cancelledInDoubt();
        admin().delete(API + "/vaults/v?forget=true").then().statusCode(204);
        assertThat(state(job)).isEqualTo("CANCELLED");
        assertThat(text("select string_agg(kind, ' ' order by id) from outbox"))
                .isEqualTo("SETTLE_ABANDONED FORGET_LINE");
    }

    @Test
    void whoLeasedAJobIsInTheAuditByTheNameInItsToken() {
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        end(job, success(leased, point(leased, 1))).then().statusCode(204);
        assertThat(text("select actor from audit where action = 'job.end'"))
                .isEqualTo(text("select lease_subject from job"))
                .isNotEqualTo("worker-1")
                .isNotBlank();
    }
}
