package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

@QuarkusTest
class LeaseTest extends CatalogTest {

    @Test
    void eightRunnersAtOnceLeaseEachJobOnce() throws Exception {
        vault("v");
        for (int i = 0; i < 24; i++) {
            snapshotService.addSource("s" + i / 4);
            snapshotService.addVm("s" + i / 4, "id-" + i, "vm" + i);
            backup("vm" + i, "v");
        }
        Database.run("update job set vault = null, shared_locks = '{}'");
        List<String> leased = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<List<String>> runner = () -> {
                List<String> mine = new ArrayList<>();
                for (int idle = 0; idle < 3; ) {
                    Response reply = tryLease("BACKUP_WORKER");
                    if (reply.statusCode() == 204) {
                        idle++;
                    } else {
                        mine.add(reply.jsonPath().getString("job"));
                    }
                }
                return mine;
            };
            List<Future<List<String>>> all = threads.invokeAll(java.util.Collections.nCopies(8, runner));
            for (var each : all) {
                leased.addAll(each.get());
            }
        }
        assertThat(leased).hasSize(24).doesNotHaveDuplicates();
        assertThat(text("select max(fencing) || ' ' || count(*) from job_attempt"))
                .isEqualTo("1 24");
    }

    @Test
    void aRunnerGetsOnlyItsOwnKindsAndNothingIsNoContent() {
        vault("v");
        backup("web", "v");
        assertThat(tryLease("RESTORE_SERVICE").statusCode()).isEqualTo(204);
        assertThat(tryLease("SNAPSHOT_SERVICE").statusCode()).isEqualTo(204);
        assertThat(lease("BACKUP_WORKER").path("spec").path("kind").asText()).isEqualTo("BACKUP");
    }

    @Test
    void theHighestPriorityComesFirstAndThenTheOldest() {
        vault("v");
        snapshotService.addVm("lab", "vm-2", "db");
        snapshotService.addVm("lab", "vm-3", "mail");
        String first = backup("web", "v");
        String second = backup("db", "v");
        String urgent = backup("mail", "v");
        Database.run("update job set priority = 5 where id = '" + urgent + "'");
        assertThat(List.of(
                        lease("BACKUP_WORKER").path("job").asText(),
                        lease("BACKUP_WORKER").path("job").asText(),
                        lease("BACKUP_WORKER").path("job").asText()))
                .containsExactly(urgent, first, second);
    }

    @Test
    void twoJobsOfOneVmNeverRunTogetherAndTheLockOutlivesAnAttempt() {
        vault("v");
        String first = backup("web", "v");
        backup("web", "v");
        lease("BACKUP_WORKER");
        assertThat(tryLease("BACKUP_WORKER").statusCode()).isEqualTo(204);

        expire(first);
        // The first waits for its next attempt; its view lives on, so the second still has to wait.
        assertThat(tryLease("BACKUP_WORKER").statusCode()).isEqualTo(204);
        assertThat(text("select count(*) from resource_lock where key = 'vm:lab/vm-1'"))
                .isEqualTo("1");

        due(first);
        JsonNode again = lease("BACKUP_WORKER");
        assertThat(again.path("job").asText()).isEqualTo(first);
        end(first, success(again, point(again, 1))).then().statusCode(204);
        assertThat(lease("BACKUP_WORKER").path("job").asText()).isNotEqualTo(first);
    }

    @Test
    void aVaultThatIsBeingAddedTakesNoJobs() {
        admin().body(Map.of("name", "v", "url", "file:///srv/v"))
                .post(API + "/vaults")
                .then()
                .statusCode(202);
        for (String path : List.of("/backups", "/vaults/v/check")) {
            admin().body(Map.of("vm", "web", "vault", "v"))
                    .post(API + path)
                    .then()
                    .statusCode(409)
                    .body("code", equalTo("vault-not-ready"));
        }
        JsonNode add = lease("BACKUP_WORKER");
        assertThat(add.path("spec").path("kind").asText()).isEqualTo("VAULT_ADD");
        end(add.path("job").asText(), success(add, Map.of("formatId", "f1")))
                .then()
                .statusCode(204);
        backup("web", "v");
        assertThat(lease("BACKUP_WORKER").path("spec").path("kind").asText()).isEqualTo("BACKUP");
    }

    @Test
    void noMoreThanFourJobsMoveDataOnOneSource() {
        vault("v");
        for (int i = 0; i < 5; i++) {
            snapshotService.addVm("lab", "id-" + i, "vm" + i);
            backup("vm" + i, "v");
        }
        for (int i = 0; i < 4; i++) {
            lease("BACKUP_WORKER");
        }
        assertThat(tryLease("BACKUP_WORKER").statusCode()).isEqualTo(204);
        JsonNode queue = tree(admin().get(API + "/queue")).path("items").path(0);
        assertThat(queue.path("runner").asText()).isEqualTo("BACKUP_WORKER");
        assertThat(queue.path("queued").asInt()).isEqualTo(1);
        assertThat(queue.path("running").asInt()).isEqualTo(4);
        assertThat(queue.path("useful").asInt()).isEqualTo(4);
    }

    @Test
    void anIncrementalIsToldTheCommittedPointsNewestFirst() {
        vault("v");
        String one = committedPoint("web", "v", 1);
        String two = committedPoint("web", "v", 2);
        backup("web", "v");
        assertThat(lease("BACKUP_WORKER").path("bases"))
                .extracting(JsonNode::asText)
                .containsExactly(two, one);
    }
}
