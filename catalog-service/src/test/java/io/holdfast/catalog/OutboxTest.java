package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.holdfast.catalog.support.Tokens;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
class OutboxTest extends CatalogTest {

    /** Of {@code holdfast.jobs.tick}, which is 100 ms here. */
    private static final Duration SEVERAL_TICKS = Duration.ofMillis(500);

    private static void delivered() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> text("select count(*) from outbox where delivered_at is null")
                        .equals("0"));
    }

    @Test
    void snapshotServiceIsToldAgainUntilItAnswers() {
        vault("v");
        snapshotService.failSettlements(1, ErrorCode.UNAVAILABLE);
        snapshotService.failSettlements(1, ErrorCode.INTERNAL);
        committedPoint("web", "v", 1);
        delivered();
        assertThat(snapshotService.faultsUsedUp()).isTrue();
        assertThat(snapshotService.settlements()).hasSize(3).allSatisfy(seen -> {
            assertThat(seen.line()).isEqualTo("POST /api/v1/views/settle");
            assertThat(seen.body()).contains("\"outcome\":\"committed\"");
            assertThat(seen.authorization()).isEqualTo("Bearer " + Tokens.file("catalog-service.jwt"));
        });
        assertThat(text("select tries from outbox")).isEqualTo("3");
    }

    @Test
    void theCommittedMomentIsTold() {
        vault("v");
        String job = backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        UUID moment = UUID.randomUUID();
        Map<String, Object> result = new HashMap<>(point(leased, 1));
        result.put("moment", moment.toString());
        end(job, success(leased, result)).then().statusCode(204);
        delivered();
        assertThat(snapshotService.settlements())
                .singleElement()
                .satisfies(seen -> assertThat(seen.body())
                        .contains("\"outcome\":\"committed\"")
                        .contains("\"moment\":\"" + moment + "\""));
    }

    @Test
    void aResultThatNamesNoMomentPromotesNone() {
        vault("v");
        committedPoint("web", "v", 1);
        delivered();
        assertThat(snapshotService.settlements())
                .singleElement()
                .satisfies(seen -> assertThat(seen.body())
                        .contains("\"outcome\":\"committed\"")
                        .doesNotContain("\"moment\":\""));
    }

    @Test
    void aRemovedVaultIsToldOnceWhatItsJobsDidIsTold() {
        vault("v");
        String id = text("select id from vault");
        snapshotService.failSettlements(2, ErrorCode.UNAVAILABLE);
        committedPoint("web", "v", 1);
        admin().delete(API + "/vaults/v?forget=true").then().statusCode(204);
        delivered();
        assertThat(snapshotService.faultsUsedUp()).isTrue();
        assertThat(snapshotService.settlements())
                .extracting(seen -> seen.line())
                .containsExactly(
                        "POST /api/v1/views/settle",
                        "POST /api/v1/views/settle",
                        "POST /api/v1/views/settle",
                        "POST /api/v1/vaults/" + id + "/forget");
    }

    @Test
    void whatWentWrongIsKeptWhileItIsNotDelivered() {
        vault("v");
        snapshotService.failSettlements(50, ErrorCode.HYPERVISOR_ERROR);
        committedPoint("web", "v", 1);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> text("select last_error from outbox").startsWith("hypervisor-error: by script"));
        assertThat(text("select not_before > created_at from outbox")).isEqualTo("t");
    }

    @Test
    void aRestoreThatEndedBadlyAbortsItsTarget() {
        vault("v");
        String point = committedPoint("web", "v", 1);
        delivered();
        String job = admin().body(Map.of("point", point, "name", "web-2"))
                .post(API + "/restores")
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        JsonNode leased = lease("RESTORE_SERVICE");
        assertThat(leased.path("spec").path("name").asText()).isEqualTo("web-2");
        end(job, failure(leased, "point-damaged")).then().statusCode(204);
        delivered();
        assertThat(snapshotService.settlements().getLast().line()).isEqualTo("POST /api/v1/targets/" + job + "/settle");
    }

    @Test
    void theVmStaysLockedUntilSnapshotServiceWasTold() {
        vault("v");
        snapshotService.failSettlements(50, ErrorCode.HYPERVISOR_ERROR);
        committedPoint("web", "v", 1);
        String next = backup("web", "v");
        assertThat(tryLease("BACKUP_WORKER").statusCode()).isEqualTo(204);
        assertThat(text("select string_agg(key, ' ' order by key) from resource_lock"))
                .contains("vm:lab/vm-1");
        snapshotService.reset();
        Database.run("update outbox set not_before = now()");
        assertThat(lease("BACKUP_WORKER").path("job").asText()).isEqualTo(next);
    }

    @Test
    void nothingIsToldBeforeTheJobHasEndedAndTheOldestOfAJobGoesFirst() {
        vault("v");
        String job = backup("web", "v");
        lease("BACKUP_WORKER");
        Database.run("insert into outbox (job, kind) values ('" + job + "', 'SETTLE_ABANDONED'), ('" + job
                + "', 'ABORT_TARGET')");
        await().during(SEVERAL_TICKS)
                .atMost(Duration.ofSeconds(2))
                .until(() -> snapshotService.settlements().isEmpty());
        snapshotService.failSettlements(1, ErrorCode.UNAVAILABLE);
        Database.run("update job set state = 'FAILED', ended_at = now(), lease_expires_at = null");
        delivered();
        assertThat(snapshotService.settlements())
                .extracting(seen -> seen.line().replaceAll("[0-9a-f-]{36}", "ID"))
                .containsExactly(
                        "POST /api/v1/views/settle", "POST /api/v1/views/settle", "POST /api/v1/targets/ID/settle");
    }

    @Test
    void aMessageThatAnotherReplicaHoldsIsLeftAloneUntilItsClaimEnds() {
        vault("v");
        String job = backup("web", "v");
        Database.run("update job set state = 'FAILED', ended_at = now() where id = '" + job + "'");
        Database.run("insert into outbox (job, kind, claim, claimed_until) values ('" + job + "', 'SETTLE_ABANDONED', '"
                + UUID.randomUUID() + "', now() + interval '1 hour')");
        await().during(SEVERAL_TICKS)
                .atMost(Duration.ofSeconds(2))
                .until(() -> snapshotService.settlements().isEmpty());
        Database.run("update outbox set claimed_until = now() - interval '1 second'");
        delivered();
        assertThat(snapshotService.settlements()).hasSize(1);
    }
}
