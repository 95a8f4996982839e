package io.holdfast.catalog;

import static io.restassured.RestAssured.given;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.holdfast.catalog.support.Tokens;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@QuarkusTest
class AccessTest extends CatalogTest {

    private static final Set<String> ROLES = Set.of("viewer", "operator", "admin", "worker");

    /** What each operation wants, by hand: the annotations are what is tested. */
    private static final Map<String, String> WANTED = Map.ofEntries(
            entry("GET /auth/jwks", ""),
            entry("GET /api/v1/jobs", "viewer"),
            entry("GET /api/v1/jobs/ID", "viewer"),
            entry("GET /api/v1/jobs/ID/events", "viewer"),
            entry("POST /api/v1/jobs/ID/cancel", "operator"),
            entry("GET /api/v1/queue", "viewer"),
            entry("GET /api/v1/audit", "admin"),
            entry("GET /api/v1/points", "viewer"),
            entry("GET /api/v1/points/ID", "viewer"),
            entry("POST /api/v1/backups", "operator"),
            entry("POST /api/v1/restores", "operator"),
            entry("GET /api/v1/snapshots", "viewer"),
            entry("POST /api/v1/snapshots", "operator"),
            entry("DELETE /api/v1/snapshots/x/x/x", "operator"),
            entry("GET /api/v1/sources", "viewer"),
            entry("GET /api/v1/sources/x", "viewer"),
            entry("POST /api/v1/sources", "admin"),
            entry("DELETE /api/v1/sources/x", "admin"),
            entry("POST /api/v1/sources/x/check", "admin"),
            entry("GET /api/v1/vaults", "viewer"),
            entry("GET /api/v1/vaults/x", "viewer"),
            entry("POST /api/v1/vaults", "admin"),
            entry("DELETE /api/v1/vaults/x", "admin"),
            entry("POST /api/v1/vaults/x/check", "admin"),
            entry("POST /api/v1/vaults/x/collect", "admin"),
            entry("DELETE /api/v1/points/ID", "admin"),
            entry("GET /api/v1/vms", "viewer"),
            entry("GET /api/v1/vms/x", "viewer"),
            entry("POST /api/v1/runner/lease", "worker"),
            entry("POST /api/v1/runner/jobs/ID/heartbeat", "worker"),
            entry("POST /api/v1/runner/jobs/ID/end", "worker"),
            entry("GET /api/v1/runner/vaults/ID", "worker"));

    /** An operation and the role it wants. */
    private record Operation(String method, String path, String role) {}

    private static List<Operation> operations() {
        List<Operation> found = new ArrayList<>();
        var classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.holdfast.catalog", "io.holdfast.api.rest");
        for (JavaClass type : classes) {
            if (!type.getPackageName().equals("io.holdfast.catalog.rest")) {
                continue;
            }
            List<JavaClass> faces = new ArrayList<>(type.getAllRawInterfaces());
            faces.add(type);
            for (JavaClass face : faces) {
                for (JavaMethod method : face.getMethods()) {
                    verb(method).ifPresent(verb -> found.add(operation(face, method, verb)));
                }
            }
        }
        return found;
    }

    private static java.util.Optional<String> verb(JavaMethod method) {
        return method.getAnnotations().stream()
                .map(a -> a.getRawType())
                .filter(a -> a.isAnnotatedWith(HttpMethod.class))
                .map(a -> a.getAnnotationOfType(HttpMethod.class).value())
                .findFirst();
    }

    private static Operation operation(JavaClass face, JavaMethod method, String verb) {
        String path = path(face.isAnnotatedWith(Path.class) ? face.getAnnotationOfType(Path.class) : null)
                + path(method.isAnnotatedWith(Path.class) ? method.getAnnotationOfType(Path.class) : null);
        String concrete = path.replace("{ref: .+}", "x")
                .replaceAll("\\{(id|job|vault)}", "00000000-0000-0000-0000-000000000000")
                .replaceAll("\\{[^}]+}", "x");
        String name = verb + " " + concrete.replace("00000000-0000-0000-0000-000000000000", "ID");
        assertThat(WANTED).as("an operation that nobody decided upon").containsKey(name);
        return new Operation(verb, concrete, WANTED.getOrDefault(name, ""));
    }

    private static String path(@Nullable Path path) {
        return path == null ? "" : path.value().startsWith("/") ? path.value() : "/" + path.value();
    }

    @TestFactory
    List<DynamicTest> everyOperationWantsATokenAndTheRightRole() {
        List<Operation> all = operations();
        assertThat(all).hasSize(WANTED.size());
        assertThat(all)
                .filteredOn(o -> o.role().isEmpty())
                .extracting(Operation::path)
                .containsExactly("/auth/jwks");
        return all.stream()
                .filter(o -> !o.role().isEmpty())
                .map(o -> DynamicTest.dynamicTest(o.method() + " " + o.path() + " wants " + o.role(), () -> check(o)))
                .toList();
    }

    private static void check(Operation operation) {
        Map<String, Long> before = Database.counts();
        refused(operation, given(), 401, "unauthenticated");
        refused(operation, given().auth().oauth2("not.a.token"), 401, "unauthenticated");
        refused(operation, given().auth().oauth2(Tokens.expired()), 401, "unauthenticated");
        refused(operation, given().auth().oauth2(Tokens.foreign()), 401, "unauthenticated");
        for (String role : ROLES) {
            if (!role.equals(operation.role())) {
                refused(operation, given().auth().oauth2(Tokens.of(role)), 403, "forbidden");
            }
        }
        assertThat(Database.counts()).isEqualTo(before);
        int status = given().auth()
                .oauth2(Tokens.of(operation.role()))
                .contentType("application/json")
                .request(operation.method(), operation.path())
                .statusCode();
        assertThat(status).isNotIn(401, 403);
    }

    private static void refused(Operation operation, RequestSpecification caller, int status, String code) {
        caller.contentType("application/json")
                .body("{}")
                .request(operation.method(), operation.path())
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("code", equalTo(code));
    }

    @Test
    void onlyHealthMetricsAndTheKeyAreOpen() {
        given().get("/q/health/live").then().statusCode(200);
        given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
        given().get("/q/metrics").then().statusCode(200).body(containsString("holdfast_outbox_depth"));
        given().get("/auth/jwks")
                .then()
                .statusCode(200)
                .body("keys[0].kty", equalTo("EC"))
                .body("keys[0].alg", equalTo("ES256"))
                .body("keys[0]", org.hamcrest.Matchers.not(org.hamcrest.Matchers.hasKey("d")));
        given().get("/q/openapi").then().statusCode(401);
        given().get("/nothing")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", equalTo("Bearer"))
                .contentType("application/problem+json")
                .body("code", equalTo("unauthenticated"));
        admin().accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .body("info.title", equalTo("Holdfast catalog-service"));
    }

    @Test
    void theDocumentNamesEveryOperationAndHowItFails() throws IOException {
        var document = JSON.readTree(
                admin().accept("application/json").get("/q/openapi").asString());
        java.util.Set<String> named = new java.util.TreeSet<>();
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                named.add(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                var failing = operation.getValue().path("responses").path("default");
                assertThat(failing.path("content").has("application/problem+json"))
                        .as(path.getKey())
                        .isTrue();
            }
        }
        assertThat(named).hasSize(WANTED.size()).contains("POST /api/v1/backups", "POST /api/v1/runner/lease");
    }

    @Test
    void livenessAsksNoDatabaseAndReadinessDoes() {
        assertThat(given().get("/q/health/live").asString()).doesNotContain("Database");
        assertThat(given().get("/q/health/ready").asString()).contains("Database");
    }

    @Test
    void keyAndTokensAreTheOwnersAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Tokens.folder())))
                .isEqualTo("rwx------");
        try (var files = Files.list(Tokens.folder())) {
            assertThat(files.toList())
                    .extracting(file -> file.getFileName() + " "
                            + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .containsExactlyInAnyOrder(
                            "issuer-private.pem rw-------",
                            "issuer-public.pem rw-------",
                            "admin.jwt rw-------",
                            "catalog-service.jwt rw-------",
                            "snapshot-service.jwt rw-------",
                            "backup-worker.jwt rw-------",
                            "restore-service.jwt rw-------");
        }
    }
}
