package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.api.Role;
import io.holdfast.snapshot.config.Standby;
import io.holdfast.snapshot.persistence.DatabaseLease;
import io.holdfast.snapshot.persistence.DatabaseLease.Holder;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.Test;

/** One process at a time acts on hypervisors: this one begins while another does. */
@QuarkusTest
@TestProfile(StandbyTest.BesideAnother.class)
class StandbyTest {

    /** The database's name of the lease: "HoldSnap" as a number. */
    private static final long KEY = 0x486f6c64536e6170L;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    Standby standby;

    @Inject
    NoExit exit;

    /** The service as it runs, not as the other tests have it. */
    public static final class BesideAnother implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("tests.background", "true");
        }
    }

    private static String setting(String name) {
        return ConfigProvider.getConfig().getValue("quarkus.datasource." + name, String.class);
    }

    private static DatabaseLease another() {
        return new DatabaseLease(setting("jdbc.url"), setting("username"), setting("password"));
    }

    private static final String HOLDERS = "from pg_locks where locktype = 'advisory' and classid = " + (KEY >>> 32)
            + " and objid = " + (KEY & 0xffffffffL);

    private static long ask(String sql) throws SQLException {
        try (Connection c = DriverManager.getConnection(setting("jdbc.url"), setting("username"), setting("password"));
                var statement = c.createStatement();
                var row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** The server's process that holds the lease, 0 if none does. */
    private static long holder() throws SQLException {
        return ask("select pid " + HOLDERS);
    }

    /** What a network that breaks, or a server that is restarted, does to who holds the lease; answers whom it did it to. */
    private static long breakConnection() throws SQLException {
        long broken = holder();
        ask("select pg_terminate_backend(pid)::int " + HOLDERS);
        return broken;
    }

    private static ValidatableResponse ready() {
        return RestAssured.get("/q/health/ready").then();
    }

    @Test
    void oneActsTheOthersWaitAndWhoLostTheLeaseEnds() throws Exception {
        await().atMost(PATIENCE).until(standby::active);
        ready().statusCode(200);
        try (DatabaseLease other = another()) {
            assertThat(other.hold()).isEqualTo(Holder.OTHER);

            long broken = breakConnection();
            await().atMost(PATIENCE).until(StandbyTest::holder, pid -> pid != 0 && pid != broken);
            assertThat(other.hold()).isEqualTo(Holder.OTHER);
            assertThat(standby.active()).isTrue();
            assertThat(exit.asked()).isZero();

            // The other is faster this time.
            await().atMost(PATIENCE).until(() -> {
                breakConnection();
                return other.hold() == Holder.US;
            });
            await().atMost(PATIENCE).until(() -> exit.asked() == 1);
            assertThat(standby.active()).isFalse();
            ready().statusCode(503);
            RestAssured.given()
                    .auth()
                    .oauth2(Rig.token(Duration.ofMinutes(5), Role.VIEWER))
                    .get("/api/v1/sources")
                    .then()
                    .statusCode(503)
                    .body("code", equalTo("unavailable"));
        }
    }
}
