package io.holdfast.catalog;

import static io.restassured.RestAssured.given;
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
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.jspecify.annotations.Nullable;

@QuarkusTest
class AccessTest extends CatalogTest {

    private static final Set<String> ROLES = Set.of("viewer", "operator", "admin", "worker");

    /** An operation and the role it wants, read from the resource classes. */
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
                    verb(method).ifPresent(verb -> found.add(operation(type, face, method, verb)));
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

    private static Operation operation(JavaClass type, JavaClass face, JavaMethod method, String verb) {
        String path = path(face.isAnnotatedWith(Path.class) ? face.getAnnotationOfType(Path.class) : null)
                + path(method.isAnnotatedWith(Path.class) ? method.getAnnotationOfType(Path.class) : null);
        String concrete = path.replace("{ref: .+}", "x")
                .replaceAll("\\{(id|job|vault)}", "00000000-0000-0000-0000-000000000000")
                .replaceAll("\\{[^}]+}", "x");
        return new Operation(verb, concrete, role(type, method));
    }

    private static String path(@Nullable Path path) {
        return path == null ? "" : path.value().startsWith("/") ? path.value() : "/" + path.value();
    }

    private static String role(JavaClass type, JavaMethod method) {
        if (method.isAnnotatedWith(PermitAll.class)) {
            return "";
        }
        RolesAllowed allowed = method.isAnnotatedWith(RolesAllowed.class)
                ? method.getAnnotationOfType(RolesAllowed.class)
                : type.getAnnotationOfType(RolesAllowed.class);
        return allowed.value()[0];
    }

    @TestFactory
    List<DynamicTest> everyOperationWantsATokenAndTheRightRole() {
        List<Operation> all = operations();
        assertThat(all).hasSizeGreaterThan(25);
        assertThat(all).filteredOn(o -> o.role().isEmpty()).extracting(Operation::path).containsExactly("/auth/jwks");
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
        given().get("/nothing").then().statusCode(401);
        admin().accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .body("info.title", equalTo("Holdfast catalog-service"));
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
