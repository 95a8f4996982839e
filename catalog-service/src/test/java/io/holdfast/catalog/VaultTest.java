package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.count;
import static io.holdfast.catalog.support.Database.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

@QuarkusTest
class VaultTest extends CatalogTest {

    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String ACCESS_KEY = "AKIDEXAMPLE77";
    private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG";

    private static Map<String, String> s3(String name) {
        return new HashMap<>(Map.of(
                "name",
                name,
                "url",
                "s3+http://127.0.0.1:9000/backups/" + name,
                "accessKey",
                ACCESS_KEY,
                "secretKey",
                SECRET_KEY,
                "passphrase",
                PASSPHRASE));
    }

    private static Response add(Map<String, String> spec) {
        return admin().body(spec).post(API + "/vaults");
    }

    @Test
    void secretsAreSealedInTheDatabaseTheWorkerGetsThemAndNobodyElseEverSeesThem() {
        StringBuilder log = new StringBuilder();
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord record) {
                log.append(record.getMessage())
                        .append(java.util.Arrays.toString(record.getParameters()))
                        .append('\n');
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger.getLogger("").addHandler(listener);
        StringBuilder answers = new StringBuilder();
        try {
            answers.append(add(s3("v")).then().statusCode(202).extract().asString());
            answers.append(add(s3("v")).asString());
            answers.append(add(Map.of("name", "bad/name", "url", "nonsense", "passphrase", PASSPHRASE))
                    .asString());
            answers.append(admin().get(API + "/vaults").asString());
            answers.append(admin().get(API + "/jobs").asString());
            answers.append(admin().get(API + "/audit").asString());
        } finally {
            Logger.getLogger("").removeHandler(listener);
        }
        assertThat(log.toString()).contains("VAULT_ADD");
        String rows = text("select string_agg(row_to_json(v)::text, '') from vault v")
                + text("select string_agg(row_to_json(j)::text, '') from job j")
                + text("select string_agg(encode(passphrase, 'escape'), '') from vault");
        for (String secret : new String[] {PASSPHRASE, ACCESS_KEY, SECRET_KEY}) {
            assertThat(answers.toString()).doesNotContain(secret);
            assertThat(log.toString()).doesNotContain(secret);
            assertThat(rows).doesNotContain(secret);
        }
        String id = text("select id from vault");
        worker().get(API + "/runner/vaults/" + id)
                .then()
                .statusCode(200)
                .body("passphrase", equalTo(PASSPHRASE))
                .body("accessKey", equalTo(ACCESS_KEY))
                .body("secretKey", equalTo(SECRET_KEY));
        admin().get(API + "/runner/vaults/" + id).then().statusCode(403);
    }

    @Test
    void anAddressThatIsAwayEndsTheAddingAtOnceAndFreesItsName() {
        add(s3("v")).then().statusCode(202);
        add(s3("v")).then().statusCode(409).body("detail", containsString("is being added right now"));
        JsonNode leased = lease("BACKUP_WORKER");
        String job = leased.path("job").asText();
        end(job, failure(leased, "vault-unreachable")).then().statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("FAILED");
        assertThat(count("vault")).isZero();
    }

    @Test
    void aSealedValueMovedToAnotherColumnDoesNotOpen() {
        add(s3("v")).then().statusCode(202);
        Database.run("update vault set secret_key = passphrase");
        worker().get(API + "/runner/vaults/" + text("select id from vault"))
                .then()
                .statusCode(500);
    }

    @Test
    void aRecoveryKeyIsMadeWhenNoPassphraseIsGivenAndOpensTheVault() {
        var keyed = admin().header("Idempotency-Key", "once").body(Map.of("name", "v", "url", "file:///srv/v/"));
        String key = keyed.post(API + "/vaults")
                .then()
                .statusCode(202)
                .body("vault.state", equalTo("adding"))
                .body("vault.url", equalTo("file:///srv/v"))
                .body("recoveryKey", matchesPattern("([A-Z2-7]{4}-){7}[A-Z2-7]{4}"))
                .extract()
                .path("recoveryKey");
        // A lost answer may be asked for again, but only while the vault is being made.
        keyed.post(API + "/vaults").then().statusCode(202).body("recoveryKey", equalTo(key));
        String id = text("select id from vault");
        worker().get(API + "/runner/vaults/" + id).then().body("passphrase", equalTo(key));
        JsonNode leased = lease("BACKUP_WORKER");
        end(leased.path("job").asText(), success(leased, Map.of("formatId", "f-1")))
                .then()
                .statusCode(204);
        keyed.post(API + "/vaults").then().statusCode(202).body("recoveryKey", nullValue());
        admin().get(API + "/vaults/v").then().body("state", equalTo("ok")).body("formatId", equalTo("f-1"));
        assertThat(count("vault")).isEqualTo(1);
    }

    @Test
    void oneVaultUnderTwoRecordsIsFoundOut() {
        vault("old", "f-1");
        add(s3("twin")).then().statusCode(202);
        JsonNode leased = lease("BACKUP_WORKER");
        String job = leased.path("job").asText();
        end(job, success(leased, Map.of("formatId", "f-1"))).then().statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("FAILED");
        assertThat(job(job).path("errorCode").asText()).isEqualTo("vault-exists");
        admin().get(API + "/vaults/twin").then().statusCode(404);
    }

    @Test
    void anotherVaultAtTheSameAddressIsFoundOutByACheck() {
        vault("v", "f-1");
        admin().post(API + "/vaults/v/check").then().statusCode(202);
        JsonNode leased = lease("BACKUP_WORKER");
        String job = leased.path("job").asText();
        end(job, success(leased, Map.of("formatId", "f-2"))).then().statusCode(204);
        assertThat(job(job).path("errorCode").asText()).isEqualTo("vault-is-another");
        admin().get(API + "/vaults/v").then().body("state", equalTo("failed")).body("formatId", equalTo("f-1"));
    }

    @Test
    void aVaultThatCannotBeAddedLeavesNoRecordAndMayBeAddedAgain() {
        add(s3("v")).then().statusCode(202);
        JsonNode leased = lease("BACKUP_WORKER");
        String job = leased.path("job").asText();
        end(job, failure(leased, "vault-wrong-passphrase")).then().statusCode(204);
        assertThat(job(job).path("errorCode").asText()).isEqualTo("vault-wrong-passphrase");
        assertThat(count("vault")).isZero();
        assertThat(count("resource_lock")).isZero();
        assertThat(text("select count(*) from audit where action = 'vault.remove' and outcome = 'not added'"))
                .isEqualTo("1");

        add(s3("v")).then().statusCode(202);
        JsonNode again = lease("BACKUP_WORKER");
        end(again.path("job").asText(), success(again, Map.of("formatId", "f-1")))
                .then()
                .statusCode(204);
        admin().get(API + "/vaults/v").then().body("state", equalTo("ok"));
    }

    @Test
    void oneRequestSentManyTimesAtOnceMakesOneVault() throws Exception {
        try (var threads = Executors.newFixedThreadPool(8)) {
            Callable<String> once = () -> admin().header("Idempotency-Key", "same")
                    .body(s3("v"))
                    .post(API + "/vaults")
                    .then()
                    .statusCode(202)
                    .extract()
                    .path("job.id");
            Set<String> jobs = new HashSet<>();
            for (var each : threads.invokeAll(Collections.nCopies(8, once))) {
                jobs.add(each.get());
            }
            assertThat(jobs).hasSize(1);
        }
    }

    @Test
    void aVaultInUseIsRemovedOnlyWhenTheCatalogMayForgetAndNeverUnderARunningJob() {
        vault("v");
        committedPoint("web", "v", 1);
        String waiting = backup("web", "v");
        admin().delete(API + "/vaults/v").then().statusCode(409).body("code", equalTo("vault-in-use"));

        JsonNode leased = lease("BACKUP_WORKER");
        admin().delete(API + "/vaults/v?forget=true").then().statusCode(409).body("code", equalTo("vault-in-use"));
        assertThat(job(waiting).path("cancelRequested").asBoolean()).isFalse();
        end(waiting, Map.of("fencing", leased.path("fencing").asInt(), "outcome", "RELEASED"))
                .then()
                .statusCode(204);

        admin().delete(API + "/vaults/v?forget=true").then().statusCode(204);
        assertThat(job(waiting).path("state").asText()).isEqualTo("CANCELLED");
        assertThat(count("vault")).isZero();
        assertThat(count("restore_point")).isZero();
        admin().delete(API + "/vaults/v").then().statusCode(404).body("code", equalTo("vault-not-found"));
    }

    @Test
    void aDeletedPointLeavesTheIndexWhenTheWorkerSaysSoAndNotBefore() {
        vault("v");
        String gone = committedPoint("web", "v", 1);
        String kept = committedPoint("web", "v", 2);
        String job = admin().delete(API + "/points/" + gone)
                .then()
                .statusCode(202)
                .body("kind", equalTo("POINT_DELETE"))
                .body("subject", equalTo("web"))
                .extract()
                .path("id");
        JsonNode leased = lease("BACKUP_WORKER");
        assertThat(leased.path("job").asText()).isEqualTo(job);
        assertThat(leased.path("spec").path("vm").asText()).isEqualTo("vm-1");
        assertThat(leased.path("spec").path("point").asText()).isEqualTo(gone);
        admin().get(API + "/points/" + gone).then().statusCode(200);
        end(job, success(leased, Map.of("lines", List.of("gone")))).then().statusCode(204);
        admin().get(API + "/points/" + gone).then().statusCode(404);
        admin().get(API + "/points/" + kept).then().statusCode(200);
        admin().delete(API + "/points/" + gone).then().statusCode(404);
    }

    @Test
    void aCollectionGetsWhatTheCatalogKnowsOfTheVaultAndItsResultStays() {
        vault("v");
        commit("v", 1, "1a".repeat(32));
        String job = admin().post(API + "/vaults/v/collect")
                .then()
                .statusCode(202)
                .body("kind", equalTo("VAULT_COLLECT"))
                .extract()
                .path("id");
        JsonNode leased = lease("BACKUP_WORKER");
        assertThat(leased.path("heads")).hasSize(1);
        String formatId = admin().get(API + "/vaults/v").then().extract().path("formatId");
        end(job, success(leased, Map.of("formatId", formatId, "deletedBytes", 5)))
                .then()
                .statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(job(job).path("result").path("deletedBytes").asLong()).isEqualTo(5);
    }

    private JsonNode leasedCheck(String vault) {
        admin().post(API + "/vaults/" + vault + "/check").then().statusCode(202);
        return lease("BACKUP_WORKER");
    }

    private static void commit(String vault, long sequence, String hash) {
        backup("web", vault);
        JsonNode leased = lease("BACKUP_WORKER");
        Map<String, Object> point = new HashMap<>(point(leased, sequence));
        point.put("manifestHash", hash);
        end(leased.path("job").asText(), success(leased, point)).then().statusCode(204);
    }

    @Test
    void aCheckAndABackupGetTheNewestPointOfEachVmWhoseManifestIsKnown() {
        vault("v");
        vault("other");
        commit("v", 1, "1a".repeat(32));
        commit("v", 2, "2b".repeat(32));
        committedPoint("web", "v", 3);
        commit("other", 9, "9c".repeat(32));
        JsonNode heads = leasedCheck("v").path("heads");
        assertThat(heads).hasSize(1);
        assertThat(heads.get(0).path("vm").asText()).isEqualTo("vm-1");
        assertThat(heads.get(0).path("vmName").asText()).isEqualTo("web");
        assertThat(heads.get(0).path("sequence").asLong()).isEqualTo(2);
        assertThat(heads.get(0).path("hash").asText()).isEqualTo("2b".repeat(32));
        backup("web", "v");
        assertThat(lease("BACKUP_WORKER").path("heads")).isEqualTo(heads);
    }

    @Test
    void aVaultThatNoAttemptOfABackupReachedIsShownSoUntilOneGetsIn() {
        vault("v");
        String job = backup("web", "v");
        for (int attempt = 0; attempt < 5; attempt++) {
            due(job);
            end(job, failure(lease("BACKUP_WORKER"), "vault-unreachable"))
                    .then()
                    .statusCode(204);
        }
        assertThat(job(job).path("state").asText()).isEqualTo("FAILED");
        admin().get(API + "/vaults/v")
                .then()
                .body("state", equalTo("unreachable"))
                .body("detail", containsString("vault-unreachable"));
        unlocked();
        commit("v", 1, "1a".repeat(32));
        admin().get(API + "/vaults/v").then().body("state", equalTo("ok"));
    }

    @Test
    void aHashThatIsNoneIsNotTakenForOne() {
        vault("v");
        backup("web", "v");
        JsonNode leased = lease("BACKUP_WORKER");
        Map<String, Object> point = new HashMap<>(point(leased, 1));
        point.put("manifestHash", "'; drop table job");
        end(leased.path("job").asText(), success(leased, point)).then().statusCode(400);
        assertThat(count("restore_point")).isZero();
    }

    private static Map<String, Object> checked(boolean harmless) {
        Map<String, Object> finding = Map.of(
                "vm",
                "vm-1",
                "sequence",
                2,
                "trouble",
                harmless ? "foreign-skipped" : "removed",
                "harmless",
                harmless,
                "sentence",
                "VM vm-1, point 2: its manifest is gone from the vault.");
        return Map.of(
                "formatId",
                "format-of-v",
                "vms",
                1,
                "points",
                2,
                "compared",
                1,
                "findings",
                java.util.List.of(finding),
                "lines",
                java.util.List.of("a line"));
    }

    @Test
    void aCheckThatFindsABrokenChainFailsAndKeepsWhatItFound() {
        vault("v");
        JsonNode leased = leasedCheck("v");
        String job = leased.path("job").asText();
        end(job, success(leased, checked(false))).then().statusCode(204);
        assertThat(job(job).path("state").asText()).isEqualTo("FAILED");
        assertThat(job(job).path("errorCode").asText()).isEqualTo("vault-chain-broken");
        assertThat(job(job).path("error").asText()).contains("vm-1").contains("point 2");
        assertThat(job(job).path("result").path("findings")).hasSize(1);
        admin().get(API + "/vaults/v").then().body("state", equalTo("failed"));
        JsonNode again = leasedCheck("v");
        end(again.path("job").asText(), success(again, checked(true))).then().statusCode(204);
        assertThat(job(again.path("job").asText()).path("state").asText()).isEqualTo("SUCCEEDED");
        admin().get(API + "/vaults/v").then().body("state", equalTo("ok"));
    }
}
