package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.count;
import static io.holdfast.catalog.support.Database.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CancelTest extends CatalogTest {

    @BeforeEach
    void aVault() {
        vault("v");
    }

    private static Response cancel(String job) {
        return admin().post(API + "/jobs/" + job + "/cancel");
    }

    @Test
    void aWaitingJobEndsAtOnceAndNobodyIsToldOfWhatNeverBegan() {
        String job = backup("web", "v");
        cancel(job).then().statusCode(200).body("state", equalTo("CANCELLED"));
        assertThat(count("outbox")).isZero();
        assertThat(tryLease("BACKUP_WORKER").statusCode()).isEqualTo(204);
        cancel(job).then().statusCode(200).body("state", equalTo("CANCELLED"));
    }

    @Test
    void aWaitingJobWithAnAttemptBehindItIsAbandoned() {
        String job = backup("web", "v");
        end(job, failure(lease("BACKUP_WORKER"), "nbd-error")).then().statusCode(204);
        cancel(job).then().body("state", equalTo("CANCELLED"));
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_ABANDONED");
        unlocked();
    }

    @Test
    void aRunningJobIsAskedAndItsRunnerEndsIt() {
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        cancel(job).then().body("state", equalTo("RUNNING")).body("cancelRequested", equalTo(true));
        end(job, Map.of("fencing", leased.path("fencing").asInt(), "outcome", "CANCELLED", "made", "NOTHING"))
                .then()
                .statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("CANCELLED");
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_ABANDONED");
    }

    @Test
    void aCancelledJobWhoseRunnerDiedIsNotTriedAgain() {
        String job = backup("web", "v");
        lease("BACKUP_WORKER");
        cancel(job);
        expire(job);
        JsonNode look = lease("BACKUP_WORKER");
        assertThat(look.path("lookOnly").asBoolean()).isTrue();
        end(job, failure(look, "point-not-found")).then().statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("CANCELLED");
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_ABANDONED");
    }

    @Test
    void aCancelledJobThatIsHandedBackIsNotTriedAgain() {
        String job = backup("web", "v");
        lease("BACKUP_WORKER");
        cancel(job);
        end(job, Map.of("fencing", 1, "outcome", "RELEASED", "made", "NOTHING_BY_THIS_ATTEMPT"))
                .then()
                .statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("CANCELLED");
    }

    @Test
    void aJobThatSucceededAfterTheCancelRequestHasSucceeded() {
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        cancel(job);
        end(job, success(leased, point(leased, 1))).then().statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("SUCCEEDED");
        cancel(job).then().statusCode(409).body("code", equalTo("job-ended"));
        assertThat(text("select kind from outbox")).isEqualTo("SETTLE_COMMITTED");
    }
}
