package io.holdfast.catalog;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.holdfast.api.source.VmInfo;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.holdfast.catalog.support.Tokens;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class BadInputTest extends CatalogTest {

    private static final String NONE = "00000000-0000-0000-0000-000000000000";
    private static final String LONG = "x".repeat(300);
    private static final String ODD = "a;rm -rf <x>&\"'";

    /** One bad request: method, path, body, and the code that says what is wrong with it. */
    private record Bad(String method, String path, String body, String code) {}

    private static Bad post(String path, String body, String code) {
        return new Bad("POST", path, body.replace('\'', '"'), code);
    }

    private static Bad get(String path, String code) {
        return new Bad("GET", path, "", code);
    }

    private static List<Bad> table(String point) {
        return List.of(
                post("/backups", "", "invalid-request"),
                post("/backups", "{", "invalid-request"),
                post("/backups", "[]", "invalid-request"),
                post("/backups", "{'vm':{'a':1},'vault':'v'}", "invalid-request"),
                post("/backups", "{'vm':'web'}", "invalid-request"),
                post("/backups", "{'vm':'web','vault':'none','vault':'v'}", "invalid-request"),
                post("/backups", "{'vm':'web','vault':'v'} {}", "invalid-request"),
                post("/backups", "{'vm':'','vault':'v'}", "invalid-request"),
                post("/backups", "{'vm':'" + LONG + "','vault':'v'}", "invalid-request"),
                post("/backups", "{'vm':'a\\u0000b','vault':'v'}", "invalid-request"),
                post("/backups", "{'vm':'<x>/web','vault':'v'}", "invalid-request"),
                post("/backups", "{'vm':'web','vault':'a b'}", "invalid-request"),
                post("/backups", "{'vm':'web','vault':'v','kind':'weird'}", "invalid-request"),
                post("/backups", "{'vm':'web','vault':'v','kind':'differential'}", "kind-unsupported"),
                post("/backups", "{'vm':'web','vault':'v','consistency':'filesystem'}", "consistency-unsupported"),
                post("/backups", "{'vm':'none','vault':'v'}", "vm-not-found"),
                post("/backups", "{'vm':'twin','vault':'v'}", "vm-ambiguous"),
                post("/backups", "{'vm':'diskless','vault':'v'}", "vm-without-disks"),
                post("/backups", "{'vm':'web','vault':'none'}", "vault-not-found"),
                post("/restores", "{'point':'" + point + "'}", "invalid-request"),
                post("/restores", "{'point':'" + point + "','name':'a','inPlace':true}", "invalid-request"),
                post("/restores", "{'point':'x','name':'a'}", "invalid-request"),
                post("/restores", "{'point':'" + NONE + "','name':'a'}", "point-not-found"),
                post("/restores", "{'point':'" + point + "','name':'" + LONG + "'}", "invalid-request"),
                post("/restores", "{'point':'" + point + "','name':'a<b'}", "invalid-request"),
                post("/restores", "{'point':'" + point + "','name':'../up'}", "invalid-request"),
                post("/restores", "{'point':'" + point + "','name':'web'}", "vm-name-exists"),
                post("/restores", "{'point':'" + point + "','name':'a','disks':['vdz']}", "disk-not-found"),
                post("/restores", "{'point':'" + point + "','name':'a','disks':['/../x']}", "invalid-request"),
                post("/restores", "{'point':'" + point + "','name':'a','source':'none'}", "source-not-found"),
                post("/restores", "{'point':'" + point + "','name':'a','pool':'a b'}", "invalid-request"),
                post("/restores", "{'point':'" + point + "','inPlace':true,'source':'lab2'}", "invalid-request"),
                post("/snapshots", "{'vm':'web'}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':'" + LONG + "'}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':' '}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':'a\\u0007b'}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':'\\ud800'}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':'s','description':'a\\u0000b'}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':'s','description':'\\ud800'}", "invalid-request"),
                post("/snapshots", "{'vm':'\\udc00','name':'s'}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':'s','quiet':true}", "invalid-request"),
                post("/restores", "{'point':'" + point + "','inPlace':true,'disk':['vda']}", "invalid-request"),
                post("/sources", "{'name':'a','uri':'qemu:///system','password':'x'}", "invalid-request"),
                post("/sources", "{'name':'a','uri':'qemu:///sys\\u0007tem'}", "invalid-request"),
                post(
                        "/vaults",
                        "{'name':'n','url':'file:///srv/n','passphrase':'long\\u0000enough'}",
                        "invalid-request"),
                post("/vaults", "{'name':'n','url':'file:///srv/n','bucket':'x'}", "invalid-request"),
                post("/snapshots", "{'vm':'web','name':'s','memory':true}", "snapshot-unsupported"),
                post("/snapshots", "{'vm':'web','name':'s','quiesce':true}", "snapshot-unsupported"),
                post("/snapshots", "{'vm':'none','name':'s'}", "vm-not-found"),
                new Bad("DELETE", "/snapshots/lab/web/none", "", "snapshot-not-found"),
                new Bad("DELETE", "/snapshots/lab/none/s", "", "vm-not-found"),
                post("/sources", "{'name':'a b','uri':'qemu:///system'}", "invalid-request"),
                post("/sources", "{'name':'a'}", "invalid-request"),
                post("/sources", "{'name':'a','uri':'qemu:///system','nbd':'telnet'}", "invalid-request"),
                post("/sources/none/check", "", "source-not-found"),
                new Bad("DELETE", "/sources/none", "", "source-not-found"),
                post("/vaults", "{'name':'n','url':'ftp://host/bucket'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'file://host/path'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'file:relative'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'file:///a/../etc'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'file:///a%00b'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'s3+http://k:s@host/bucket'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'s3+http://host/'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'s3+http://host/UP'}", "vault-url-invalid"),
                post("/vaults", "{'name':'n','url':'s3+http://host/bucket'}", "invalid-request"),
                post("/vaults", "{'name':'n','url':'file:///srv/n','accessKey':'a'}", "invalid-request"),
                post("/vaults", "{'name':'n','url':'file:///srv/n','passphrase':'short'}", "invalid-request"),
                post("/vaults", "{'name':'v','url':'file:///srv/other'}", "vault-exists"),
                post("/vaults", "{'name':'n','url':'file:///srv//v/'}", "vault-exists"),
                post("/vaults/none/check", "", "vault-not-found"),
                post("/vaults/none/collect", "", "vault-not-found"),
                new Bad("DELETE", "/points/" + NONE, "", "point-not-found"),
                new Bad("DELETE", "/points/no-id", "", "not-found"),
                new Bad("DELETE", "/vaults/none", "", "vault-not-found"),
                new Bad("DELETE", "/vaults/v", "", "vault-in-use"),
                post("/jobs/" + NONE + "/cancel", "", "job-not-found"),
                get("/jobs/" + NONE, "job-not-found"),
                get("/jobs/" + NONE + "/events", "job-not-found"),
                get("/jobs/not-an-id", "not-found"),
                get("/jobs?state=weird", "invalid-request"),
                get("/jobs?after=x", "invalid-request"),
                get("/jobs?limit=0", "invalid-request"),
                get("/jobs?limit=1001", "invalid-request"),
                get("/jobs?limit=99999999999999999999", "invalid-request"),
                get("/jobs?vm=none", "vm-not-found"),
                get("/points?vm=none", "vm-not-found"),
                get("/points?vm=lab/none&vault=v", "vm-not-found"),
                get("/points?vault=none", "vault-not-found"),
                get("/points/" + NONE, "point-not-found"),
                get("/points?vm=" + LONG, "invalid-request"),
                get("/vms/none", "vm-not-found"),
                get("/snapshots", "invalid-request"),
                get("/nothing/here", "not-found"),
                new Bad("PUT", "/jobs", "{}", "method-not-allowed"));
    }

    @TestFactory
    List<DynamicTest> eachBadRequestIsAProblemWithItsCodeAndChangesNothing() {
        Database.clear();
        snapshotService.reset();
        snapshotService.addSource("lab2");
        snapshotService.addVm("lab", "t-1", "twin");
        snapshotService.addVm("lab2", "t-2", "twin");
        snapshotService.vms.add(new VmInfo(
                "d-1",
                "lab",
                "diskless",
                "off",
                List.of(new VmInfo.DiskInfo("sda", "raw", 1, null, false, "passthrough")),
                0,
                List.of()));
        vault("v");
        String point = committedPoint("web", "v", 1);
        // The backup's locks go when snapshot-service was told how it ended.
        await().until(() -> Objects.requireNonNull(unaudited().get("resource_lock")) == 0);
        Map<String, Long> before = unaudited();
        return table(point).stream()
                .map(bad -> DynamicTest.dynamicTest(shortened(bad), () -> {
                    Response reply = send(bad);
                    reply.then()
                            .contentType("application/problem+json")
                            .body("code", equalTo(bad.code()))
                            .body("status", equalTo(reply.statusCode()))
                            .body("requestId", notNullValue());
                    assertThat(reply.asString()).doesNotContain("Exception").doesNotContain("\tat ");
                    assertThat(unaudited()).isEqualTo(before);
                }))
                .toList();
    }

    /** What the database holds; a refused wish may be in the audit. */
    private static Map<String, Long> unaudited() {
        Map<String, Long> counts = Database.counts();
        counts.remove("audit");
        return counts;
    }

    private static String shortened(Bad bad) {
        String text = bad.method() + " " + bad.path() + " " + bad.body();
        return text.substring(0, Math.min(100, text.length())) + " is " + bad.code();
    }

    private static Response send(Bad bad) {
        var request = given().auth().oauth2(Tokens.admin()).contentType("application/json");
        if (!bad.body().isEmpty()) {
            request.body(bad.body());
        }
        return request.request(bad.method(), API + bad.path());
    }

    @Test
    void anIdempotencyKeyIsCheckedAndOddNamesReachNobody() {
        vault("v");
        admin().header("Idempotency-Key", "a b")
                .body(Map.of("vm", "web", "vault", "v"))
                .post(API + "/backups")
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-request"));
        admin().body(Map.of("vm", ODD, "vault", "v"))
                .post(API + "/backups")
                .then()
                .statusCode(404);
        assertThat(Database.count("job")).isZero();
    }

    @Test
    void theRequestIdComesBack() {
        admin().header("X-Request-Id", "abc-1")
                .get(API + "/jobs/" + UUID.randomUUID())
                .then()
                .body("requestId", equalTo("abc-1"))
                .header("X-Request-Id", equalTo("abc-1"));
        admin().header("X-Request-Id", "<script>").get(API + "/jobs").then().header("X-Request-Id", notNullValue());
    }

    @Test
    void aBodyOfFiftyMegabytesIsRefusedBeforeItIsRead() throws IOException {
        URI base = URI.create(io.restassured.RestAssured.baseURI + ":" + io.restassured.RestAssured.port);
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), base.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/v1/backups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + Tokens.admin()
                            + "\r\nContent-Type: application/json\r\nContent-Length: 52428800\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            byte[] reply = new byte[4096];
            int length = socket.getInputStream().read(reply);
            assertThat(new String(reply, 0, length, StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 413")
                    .contains("application/problem+json")
                    .contains("\"code\":\"body-too-large\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "{\"vm\":\"web\",\"vault\":\"v\"}", "{\"vm\":\""})
    void aBodyThatDoesNotSayItsLengthIsRefusedWhereItBecomesTooLarge(String start) throws IOException {
        vault("v");
        URI base = URI.create(io.restassured.RestAssured.baseURI + ":" + io.restassured.RestAssured.port);
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), base.getPort())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /api/v1/backups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + Tokens.admin()
                            + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + chunk(start))
                    .getBytes(StandardCharsets.US_ASCII));
            // A little more than the limit, and then nothing more: the answer cannot wait for the end of the body.
            byte[] more = chunk(" ".repeat(1 << 16)).getBytes(StandardCharsets.US_ASCII);
            for (int sent = 0; sent <= 2 << 20; sent += 1 << 16) {
                out.write(more);
            }
            out.flush();
            byte[] reply = new byte[4096];
            int length = socket.getInputStream().read(reply);
            assertThat(new String(reply, 0, length, StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 413")
                    .contains("application/problem+json")
                    .contains("\"code\":\"body-too-large\"");
        }
        assertThat(Database.count("job")).isZero();
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    @Test
    void aFieldThatIsNotKnownIsNamed() {
        vault("v");
        admin().body(Map.of("vm", "web", "vault", "v", "disk", List.of("vda")))
                .post(API + "/backups")
                .then()
                .statusCode(400)
                .body("detail", equalTo("There is no field disk in this request."));
        assertThat(Database.count("job")).isZero();
    }

    @Test
    void aFieldIsNamedAsItWasSentAndItsRuleInWords() {
        admin().body(Map.of("point", NONE, "name", "a b"))
                .post(API + "/restores")
                .then()
                .statusCode(400)
                .body("detail", startsWith("name is 1 to 63 letters, digits"))
                .body("violations[0].field", equalTo("name"));
        admin().body(Map.of("point", NONE, "name", "a", "disks", List.of("vda", "/x")))
                .post(API + "/restores")
                .then()
                .body("detail", startsWith("disks is a disk's name"));
        admin().get(API + "/jobs?limit=0").then().body("violations[0].field", equalTo("limit"));
    }

    @Test
    void aRunnerOfANewerVersionMaySayMore() {
        vault("v");
        String job = backup("web", "v");
        var leased = lease("BACKUP_WORKER");
        var end = new java.util.HashMap<String, Object>(success(leased, point(leased, 1)));
        end.put("news", "of tomorrow");
        end(job, end).then().statusCode(204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0000", "\\ud800"})
    void aResultThatIsNoTextIsRefusedAsWhatItIsButAReasonIsMended(String escape) throws IOException {
        vault("v");
        String job = backup("web", "v");
        var leased = lease("BACKUP_WORKER");
        var point = new java.util.HashMap<>(point(leased, 1));
        point.put("notes", List.of("ODD"));
        endRaw(job, success(leased, point), escape).then().statusCode(400).body("code", equalTo("invalid-request"));
        var failed = new java.util.HashMap<String, Object>(failure(leased, "no-space"));
        failed.put("error", "ODD");
        endRaw(job, failed, escape).then().statusCode(204);
        assertThat(job(job).path("errorCode").asText()).isEqualTo("no-space");
    }

    /** With an escape in the JSON, which a string in memory could not carry over the wire. */
    private static Response endRaw(String job, Map<String, ?> body, String escape) throws IOException {
        return worker().body(JSON.writeValueAsString(body).replace("ODD", "a" + escape + "b"))
                .post(API + "/runner/jobs/" + job + "/end");
    }
}
