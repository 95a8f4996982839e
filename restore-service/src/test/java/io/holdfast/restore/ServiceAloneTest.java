package io.holdfast.restore;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
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

    @Test
    void readyMeansThatHypervisorsCanConnect() {
        when().get("/q/health/ready").then().statusCode(200).body("checks.name", hasItem("nbd"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "holdfast_served_bytes_total",
                "holdfast_served_connections",
                "holdfast_served_damaged_reads_total",
                "holdfast_vaults_open",
                "holdfast_jobs_running"
            })
    void whatIsServedIsMeasured(String name) {
        when().get("/q/metrics").then().statusCode(200).body(containsString("\n" + name));
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
                .body("service", equalTo("restore-service"))
                .body("running", equalTo(0));
    }

    private static String token(String which) {
        return System.getProperty("holdfast.test." + which, "");
    }
}
