package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.count;
import static io.holdfast.catalog.support.Database.text;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.holdfast.catalog.support.Tokens;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class SubmitTest extends CatalogTest {

    @BeforeEach
    void aVault() {
        vault("v");
    }

    private static Response keyed(String key, Map<String, ?> body) {
        return admin().header("Idempotency-Key", key).body(body).post(API + "/backups");
    }

    @Test
    void theSameKeyAndBodyGiveTheSameJobEvenWhenTheVmIsGone() {
        String first = keyed("k1", Map.of("vm", "web", "vault", "v"))
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        snapshotService.vms.clear();
        String second = keyed("k1", Map.of("vm", "web", "vault", "v"))
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        assertThat(second).isEqualTo(first);
        assertThat(count("job")).isEqualTo(1);
    }

    @Test
    void theSameKeyWithAnotherBodyIsRefusedAndWithAnotherCreatorIsAnotherJob() {
        keyed("k1", Map.of("vm", "web", "vault", "v")).then().statusCode(202);
        keyed("k1", Map.of("vm", "web", "vault", "v", "kind", "full"))
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"));
        admin().header("Idempotency-Key", "k1")
                .body(Map.of("vm", "web", "name", "s"))
                .post(API + "/snapshots")
                .then()
                .statusCode(422);
        given().auth()
                .oauth2(Tokens.of("operator"))
                .contentType("application/json")
                .header("Idempotency-Key", "k1")
                .body(Map.of("vm", "web", "vault", "v"))
                .post(API + "/backups")
                .then()
                .statusCode(202);
        assertThat(count("job")).isEqualTo(2);
    }

    @Test
    void repetitionsAtTheSameMomentMakeOneJob() throws Exception {
        List<String> ids = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<String> ask = () -> keyed("k2", Map.of("vm", "web", "vault", "v"))
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("id");
            for (var each : threads.invokeAll(java.util.Collections.nCopies(8, ask))) {
                ids.add(each.get());
            }
        }
        assertThat(ids).hasSize(8).containsOnly(ids.getFirst());
        assertThat(count("job")).isEqualTo(1);
    }

    @Test
    void aKeyIsForgottenAfterADay() {
        keyed("k1", Map.of("vm", "web", "vault", "v")).then().statusCode(202);
        Database.run("update job set created_at = now() - interval '25 hours'");
        keyed("k1", Map.of("vm", "web", "vault", "v", "kind", "full")).then().statusCode(202);
        assertThat(count("job")).isEqualTo(2);
    }

    @Test
    void aVmIsFoundByNameBySourceAndNameAndById() {
        snapshotService.addSource("lab2");
        snapshotService.addVm("lab2", "vm-9", "web");
        assertThat(job(backup("lab2/web", "v")).path("vm").asText()).isEqualTo("vm-9");
        assertThat(job(backup("vm-1", "v")).path("source").asText()).isEqualTo("lab");
        admin().body(Map.of("vm", "web", "vault", "v"))
                .post(API + "/backups")
                .then()
                .statusCode(409)
                .body("code", equalTo("vm-ambiguous"));
    }

    @Test
    void aRestoreAsNewHoldsItsNameAndOneInPlaceItsVm() {
        String point = committedPoint("web", "v", 1);
        admin().body(Map.of("point", point, "name", "copy"))
                .post(API + "/restores")
                .then()
                .statusCode(202);
        admin().body(Map.of("point", point, "name", "copy"))
                .post(API + "/restores")
                .then()
                .statusCode(409)
                .body("code", equalTo("vm-name-exists"));
        admin().body(Map.of("point", point, "name", "copy-2"))
                .post(API + "/restores")
                .then()
                .statusCode(202);
        admin().body(Map.of("point", point, "inPlace", true, "disks", List.of("vda"), "start", true))
                .post(API + "/restores")
                .then()
                .statusCode(202);
        for (int i = 0; i < 3; i++) {
            // The runner finds the point's manifest by it, without a search.
            assertThat(lease("RESTORE_SERVICE").at("/spec/sequence").asLong()).isEqualTo(1);
        }
        assertThat(text("select string_agg(key, ' ' order by key) from resource_lock where exclusive"))
                .isEqualTo("name:lab/copy name:lab/copy-2 vm:lab/vm-1");
    }

    @Test
    void snapshotsAreListedTakenAndDeletedAsJobs() {
        String made = admin().body(Map.of("vm", "web", "name", "vor <Update> & \"so\""))
                .post(API + "/snapshots")
                .then()
                .statusCode(202)
                .body("kind", equalTo("SNAPSHOT_CREATE"))
                .extract()
                .path("id");
        JsonNode leased = lease("SNAPSHOT_SERVICE");
        assertThat(leased.path("job").asText()).isEqualTo(made);
        end(made, success(leased, Map.of())).then().statusCode(204);
        snapshotService.snapshots.add(new io.holdfast.api.snapshot.SnapshotInfo(
                "vor & nach", null, null, java.time.Instant.EPOCH, "running", false, "crash", true, 5L, false));
        admin().get(API + "/snapshots?vm=lab/web").then().statusCode(200).body("items.name", hasItem("vor & nach"));
        admin().delete(API + "/snapshots/{s}/{v}/{n}", "lab", "vm-1", "vor & nach")
                .then()
                .statusCode(202)
                .body("kind", equalTo("SNAPSHOT_DELETE"));
        admin().delete(API + "/snapshots/{s}/{v}/{n}", "lab", "vm-1", "other")
                .then()
                .statusCode(404)
                .body("code", equalTo("snapshot-not-found"));
        admin().body(Map.of("vm", "web", "name", "vor & nach"))
                .post(API + "/snapshots")
                .then()
                .statusCode(409)
                .body("code", equalTo("snapshot-exists"));
    }

    @Test
    void sourcesAreForwardedCheckedAndKeptWhileJobsUseThem() {
        admin().body(Map.of("name", "new", "uri", "qemu:///system"))
                .post(API + "/sources")
                .then()
                .statusCode(201)
                .body("name", equalTo("new"));
        admin().get(API + "/sources?limit=1").then().body("items", hasSize(1)).body("next", equalTo("lab"));
        admin().get(API + "/sources?limit=1&after=lab")
                .then()
                .body("items[0].name", equalTo("new"))
                .body("next", nullValue());
        admin().post(API + "/sources/new/check").then().statusCode(202).body("kind", equalTo("SOURCE_CHECK"));
        admin().delete(API + "/sources/new").then().statusCode(409).body("code", equalTo("source-in-use"));
        JsonNode leased = lease("SNAPSHOT_SERVICE");
        end(leased.path("job").asText(), success(leased, Map.of())).then().statusCode(204);
        admin().delete(API + "/sources/new").then().statusCode(200).body("left", hasSize(0));
        assertThat(snapshotService.sources).hasSize(1);
        admin().get(API + "/audit")
                .then()
                .body("items.action", hasItem("source.add"))
                .body("items.action", hasItem("source.remove"))
                .body("items.actor", hasItem("admin"));
    }

    @Test
    void aSourceWhoseAnswerIsLostIsAnUnknownOutcomeAndItsIntentIsInTheAudit() {
        snapshotService.loseNextAnswer();
        admin().body(Map.of("name", "new", "uri", "qemu:///system"))
                .post(API + "/sources")
                .then()
                .statusCode(500)
                .body("code", equalTo("outcome-unknown"));
        assertThat(snapshotService.sources).hasSize(2);
        admin().get(API + "/audit").then().body("items.outcome", equalTo(java.util.List.of("unknown", "accepted")));
        admin().delete(API + "/sources/none").then().statusCode(404);
        admin().get(API + "/audit?limit=1").then().body("items[0].outcome", equalTo("failed source-not-found"));
    }

    @Test
    void vmsAreListedAndShownByReference() {
        admin().get(API + "/vms").then().statusCode(200).body("items.name", hasItem("web"));
        admin().get(API + "/vms?vm=lab/web").then().body("items[0].id", equalTo("vm-1"));
        admin().get(API + "/vms/lab/web").then().statusCode(200).body("id", equalTo("vm-1"));
        admin().get(API + "/vms/none").then().statusCode(404).body("code", equalTo("vm-not-found"));
    }
}
