package io.holdfast.catalog.support;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.common.QuarkusTestResource;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;

/** The service over HTTP, from an empty database with one source {@code lab} and one VM {@code web} (id {@code vm-1}). */
@QuarkusTestResource(Parts.class)
public abstract class CatalogTest {

    protected static final String API = "/api/v1";
    protected static final ObjectMapper JSON = new ObjectMapper();
    protected final FakeSnapshotService snapshotService = FakeSnapshotService.shared();

    static {
        // What is waited for is mostly there at once, or after one tick.
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
    }

    @BeforeEach
    void empty() {
        Database.clear();
        snapshotService.reset();
    }

    protected static RequestSpecification admin() {
        return given().auth().oauth2(Tokens.admin()).contentType("application/json");
    }

    protected static RequestSpecification worker() {
        return given().auth().oauth2(Tokens.worker()).contentType("application/json");
    }

    protected static JsonNode tree(Response response) {
        try {
            return JSON.readTree(response.asString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A vault in state ok, put there directly. */
    protected static UUID vault(String name) {
        return vault(name, "format-of-" + name);
    }

    protected static UUID vault(String name, String format) {
        UUID id = UUID.randomUUID();
        Database.run("insert into vault (id, name, url, format_id, state, passphrase, created_by) values ('" + id
                + "', '" + name + "', 'file:///srv/" + name + "', '" + format + "', 'ok', '\\x00', 'test')");
        return id;
    }

    /** Asks for a backup over HTTP; the job's id. */
    protected static String backup(String vm, String vault) {
        return admin().body(Map.of("vm", vm, "vault", vault))
                .post(API + "/backups")
                .then()
                .statusCode(202)
                .extract()
                .path("id");
    }

    protected static Response tryLease(String runner) {
        return worker().body(Map.of("runner", runner, "instance", "worker-1")).post(API + "/runner/lease");
    }

    /** Leases, waiting for what the service's own periodic work may hold at this moment. */
    protected static JsonNode lease(String runner) {
        return tree(await().atMost(Duration.ofSeconds(10))
                .until(() -> tryLease(runner), reply -> reply.statusCode() == 200));
    }

    protected static Response heartbeat(String job, long fencing) {
        return worker().body(Map.of("fencing", fencing)).post(API + "/runner/jobs/" + job + "/heartbeat");
    }

    protected static Response end(String job, Map<String, ?> body) {
        return worker().body(body).post(API + "/runner/jobs/" + job + "/end");
    }

    protected static JsonNode job(String id) {
        return tree(admin().get(API + "/jobs/" + id));
    }

    /** Ends the lease by the database's clock, and waits until the service took the job back. */
    protected static void expire(String job) {
        Database.run("update job set lease_expires_at = now() - interval '1 second' where id = '" + job + "'");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !"RUNNING".equals(job(job).path("state").asText()));
    }

    /** Lets a job's wait between attempts be over. */
    protected static void due(String job) {
        Database.run("update job set not_before = now() where id = '" + job + "'");
    }

    /** The result of a successful backup. */
    protected static Map<String, Object> point(JsonNode leased, long sequence) {
        JsonNode spec = leased.path("spec");
        return Map.ofEntries(
                Map.entry("id", spec.path("point").asText()),
                Map.entry("vm", spec.path("vm").asText()),
                Map.entry("vmName", spec.path("vmName").asText()),
                Map.entry("source", spec.path("source").asText()),
                Map.entry("vault", "anything"),
                Map.entry("sequence", sequence),
                Map.entry("kind", "full"),
                Map.entry("consistency", "crash"),
                Map.entry("takenAt", "2026-01-01T00:00:00Z"),
                Map.entry("committedAt", "2026-01-01T00:01:00Z"),
                Map.entry("seconds", 60.0),
                Map.entry("virtualBytes", 1000),
                Map.entry("readBytes", 900),
                Map.entry("newBytes", 800),
                Map.entry("storedBytes", 700),
                Map.entry(
                        "disks",
                        java.util.List.of(Map.of(
                                "key",
                                "vda",
                                "virtualBytes",
                                1000,
                                "format",
                                "qcow2",
                                "read",
                                "full",
                                "readBytes",
                                900))),
                Map.entry("notes", java.util.List.of()));
    }

    protected static Map<String, Object> success(JsonNode leased, Object result) {
        return Map.of("fencing", leased.path("fencing").asLong(), "outcome", "SUCCEEDED", "result", result);
    }

    protected static Map<String, Object> failure(JsonNode leased, String code) {
        return failure(leased, code, "NOTHING");
    }

    /** {@code made}: what the attempt says of its point or VM. */
    protected static Map<String, Object> failure(JsonNode leased, String code, String made) {
        return Map.of(
                "fencing",
                leased.path("fencing").asLong(),
                "outcome",
                "FAILED",
                "errorCode",
                code,
                "error",
                "by test",
                "made",
                made);
    }

    /** Waits until nothing is locked: locks go when snapshot-service was told. */
    protected static void unlocked() {
        await().atMost(Duration.ofSeconds(10)).until(() -> Database.count("resource_lock") == 0);
    }

    /** A whole backup; the point's id. */
    protected static String committedPoint(String vm, String vault, long sequence) {
        String job = backup(vm, vault);
        JsonNode leased = lease("BACKUP_WORKER");
        org.assertj.core.api.Assertions.assertThat(leased.path("job").asText()).isEqualTo(job);
        end(job, success(leased, point(leased, sequence))).then().statusCode(204);
        return leased.path("spec").path("point").asText();
    }
}
