package io.holdfast.worker;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service boots and answers although no other service is there. */
@QuarkusTest
@TestProfile(AloneProfile.class)
class ServiceAloneTest {

    @ParameterizedTest
    @ValueSource(strings = {"/q/health/live", "/q/health/ready", "/q/metrics"})
    void healthAndMetricsAreOpen(String path) {
        when().get(path).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/status", "/api/v1/nothing-here", "/q/openapi"})
    void everythingElseWantsAToken(String path) {
        when().get(path)
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", startsWith("Bearer"))
                .contentType("application/problem+json")
                .body("code", equalTo("unauthenticated"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"expired", "foreign"})
    void aTokenThatIsNotGoodIsRefused(String which) {
        given().auth()
                .oauth2(token(which))
                .get("/api/v1/status")
                .then()
                .statusCode(401)
                .contentType("application/problem+json")
                .body("code", equalTo("unauthenticated"));
    }

    @Test
    void aTokenWithoutTheRoleIsForbidden() {
        given().auth()
                .oauth2(token("other"))
                .get("/api/v1/status")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("forbidden"));
    }

    @Test
    void aViewerSeesTheStatus() {
        given().auth()
                .oauth2(token("token"))
                .get("/api/v1/status")
                .then()
                .statusCode(200)
                .body("service", equalTo("backup-worker"))
                .body("running", equalTo(0));
    }

    @Test
    void itsDocumentNamesItsOperationAndHowItFails() {
        given().auth()
                .oauth2(token("token"))
                .accept("application/json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .body("paths.'/api/v1/status'.get.responses.default.content", hasKey("application/problem+json"))
                .body("components.schemas.Problem.properties.code.enum", hasItem("unauthenticated"));
    }

    private static String token(String which) {
        return System.getProperty("holdfast.test." + which, "");
    }
}
