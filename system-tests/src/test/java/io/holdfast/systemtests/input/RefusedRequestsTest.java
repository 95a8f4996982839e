package io.holdfast.systemtests.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.api.point.PointInfo;
import io.holdfast.systemtests.history.Ground;
import io.holdfast.systemtests.history.OnTheGround;
import io.holdfast.systemtests.history.PausedVm;
import io.holdfast.systemtests.history.PausedVm.Shape;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that are refused before a job is made. */
@OnTheGround
class RefusedRequestsTest {

    private static final String LONG = "x".repeat(300);
    private static final String ODD = "a;$(reboot)<x>&`";
    private static final int BIG = 50 << 20;

    /** One bad request and the code that says what is wrong with it. */
    private record Bad(String path, String body, String code) {}

    @Test
    void eachIsAProblemWithItsOwnCodeAndNothingIsChanged(Ground ground) throws Exception {
        PausedVm vm = new PausedVm(ground, "refused", List.of(new Shape("qcow2", 4 << 20))).start();
        try (Wire wire = new Wire(ground)) {
            String point = ground.front()
                    .backup("refused", Ground.VAULT, BackupKind.FULL)
                    .id()
                    .toString();
            Inventory before = Inventory.calm(ground);
            for (Bad bad : table(point)) {
                HttpResponse<String> answer = wire.send("POST", bad.path, bad.body);
                assertThat(Wire.code(answer)).as(bad.toString()).isEqualTo(bad.code);
                assertThat(answer.body()).as("a long text is not sent back").doesNotContain(LONG);
            }
            assertThat(Inventory.of(ground)).isEqualTo(before);
        } finally {
            vm.remove();
        }
    }

    @Test
    void aNumberThatIsNoneIsAnInvalidRequest(Ground ground) throws Exception {
        try (Wire wire = new Wire(ground)) {
            for (String limit : List.of("0", "-1", "1001", "99999999999999999999", "many")) {
                assertThat(Wire.code(wire.send("GET", "/jobs?limit=" + limit, null)))
                        .as(limit)
                        .isEqualTo("invalid-request");
            }
            assertThat(Wire.code(wire.send("GET", "/jobs/none", null))).isEqualTo("not-found");
        }
    }

    private static List<Bad> table(String point) {
        String restore = "{'point':'" + point + "',";
        return List.of(
                new Bad("/sources/nowhere/check", "", "source-not-found"),
                new Bad("/backups", "{'vm':'nowhere/refused','vault':'s3'}", "source-not-found"),
                new Bad("/restores", restore + "'name':'n','source':'nowhere'}", "source-not-found"),
                new Bad("/sources", "{'name':'n','uri':'http://localhost/'}", "source-scheme-unsupported"),
                new Bad("/sources", "{'name':'n','uri':'esx://localhost/'}", "source-scheme-unsupported"),
                new Bad("/sources", "{'name':'n','uri':'test:///default'}", "source-scheme-unsupported"),
                new Bad("/sources", "{'name':'n','uri':'file:///etc/passwd'}", "source-scheme-unsupported"),
                new Bad(
                        "/sources",
                        "{'name':'n','uri':'qemu+ext:///system?command=/bin/sh'}",
                        "source-scheme-unsupported"),
                new Bad("/sources", "{'name':'" + Ground.SOURCE + "','uri':'qemu:///system'}", "source-exists"),
                new Bad("/sources", "{'name':'" + ODD + "','uri':'qemu:///system'}", "invalid-request"),
                new Bad("/sources", "{'name':'" + LONG + "','uri':'qemu:///system'}", "invalid-request"),
                new Bad("/backups", "{'vm':'refused','vault':'" + ODD + "'}", "invalid-request"),
                new Bad("/backups", "{'vm':'refused','vault':'nowhere'}", "vault-not-found"),
                new Bad("/backups", "{'vm':'other','vm':'refused','vault':'s3'}", "invalid-request"),
                new Bad("/backups", "{'vm':'refused','vault':'s3'} {'vm':'other'}", "invalid-request"),
                new Bad("/backups", "{'vm':'" + ODD + "','vault':'s3'}", "vm-not-found"),
                new Bad("/backups", "{'vm':'" + LONG + "','vault':'s3'}", "invalid-request"),
                new Bad("/backups", "{'vm':'refused','vault':'s3','kind':'differential'}", "kind-unsupported"),
                new Bad("/restores", restore + "'name':'" + ODD + "'}", "invalid-request"),
                new Bad("/restores", restore + "'name':'" + LONG + "'}", "invalid-request"),
                new Bad("/restores", restore + "'name':'../../etc/x'}", "invalid-request"),
                new Bad("/restores", restore + "'name':'refused'}", "vm-name-exists"),
                new Bad("/restores", restore + "'name':'n','disks':['vdz']}", "disk-not-found"),
                new Bad("/snapshots", "{'vm':'refused','name':'" + LONG + "'}", "invalid-request"),
                new Bad("/vaults", "{'name':'" + ODD + "','url':'file:///srv/x'}", "invalid-request"),
                new Bad("/vaults", "{'name':'n','url':'ftp://host/bucket'}", "vault-url-invalid"),
                new Bad("/vaults", "{'name':'n','url':'file:///srv/../etc'}", "vault-url-invalid"));
    }

    @Test
    void missingForeignExpiredAndTooWeakTokensAreToldApartFromARightOne(Ground ground) throws Exception {
        Inventory before = Inventory.calm(ground);
        Tokens issuer = Tokens.of(ground.home().issuer());
        try (Wire wire = new Wire(ground)) {
            assertThat(status(wire, issuer.valid("viewer")))
                    .as("the test's own signing works")
                    .isEqualTo("200");
            assertThat(status(wire, null)).isEqualTo("unauthenticated");
            assertThat(status(wire, "not.a.token")).isEqualTo("unauthenticated");
            assertThat(status(wire, issuer.expired("admin"))).isEqualTo("unauthenticated");
            assertThat(status(wire, Tokens.foreign().valid("admin"))).isEqualTo("unauthenticated");
            assertThat(status(wire, issuer.otherIssuer("admin"))).isEqualTo("unauthenticated");
            assertThat(status(wire, issuer.unsigned("admin"))).isEqualTo("unauthenticated");
            HttpResponse<String> weak = wire.send(
                    "POST",
                    "/backups",
                    BodyPublishers.ofString("{\"vm\":\"any\",\"vault\":\"s3\"}"),
                    issuer.valid("viewer"));
            assertThat(Wire.code(weak)).isEqualTo("forbidden");
            HttpResponse<String> worker = wire.send("GET", "/vms", BodyPublishers.noBody(), issuer.valid("worker"));
            assertThat(Wire.code(worker)).isEqualTo("forbidden");
        }
        assertThat(Inventory.of(ground)).isEqualTo(before);
    }

    private static String status(Wire wire, @org.jspecify.annotations.Nullable String token) throws Exception {
        HttpResponse<String> answer = wire.send("GET", "/sources", BodyPublishers.noBody(), token);
        return answer.statusCode() == 200 ? "200" : Wire.code(answer);
    }

    @Test
    void aBodyOfFiftyMegabytesIsRefusedWhetherItSaysItsLengthOrNot(Ground ground) throws Exception {
        Inventory before = Inventory.calm(ground);
        byte[] big = ("{\"name\":\"" + "x".repeat(BIG) + "\"}").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try (Wire wire = new Wire(ground)) {
            assertThat(large(ground, wire, big, true)).isEqualTo("body-too-large");
            assertThat(large(ground, wire, big, false)).isEqualTo("body-too-large");
        }
        assertThat(Inventory.of(ground)).isEqualTo(before);
    }

    /** Sent by hand: a client that is refused while it still sends would not read the answer. */
    private static String large(Ground ground, Wire wire, byte[] body, boolean length) throws Exception {
        java.net.URI catalog = java.net.URI.create(
                io.holdfast.local.suite.SuiteFile.of(ground.home()).catalog());
        return LargeBody.post(catalog, wire.admin(), body, length);
    }

    @Test
    void aPointThatIsNoneIsNotFound(Ground ground) throws Exception {
        List<PointInfo> points = ground.catalog().points(null, null);
        try (Wire wire = new Wire(ground)) {
            String body = "{'point':'00000000-0000-0000-0000-000000000000','name':'n'}";
            assertThat(Wire.code(wire.send("POST", "/restores", body))).isEqualTo("point-not-found");
        }
        assertThat(ground.catalog().points(null, null)).isEqualTo(points);
    }
}
