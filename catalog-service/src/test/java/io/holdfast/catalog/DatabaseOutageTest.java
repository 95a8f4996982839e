package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database that drops its connections is away, not broken. */
@QuarkusTest
class DatabaseOutageTest extends CatalogTest {

    @AfterEach
    void mend() {
        Database.run("drop trigger if exists lose_commit on job");
        Database.run("drop function if exists lose_commit()");
    }

    private static void dropConnections() {
        Database.text("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                + " where pid <> pg_backend_pid() and backend_type = 'client backend'");
    }

    @Test
    void readsAreUnavailableWhileConnectionsBreakAndNeverAnInternalError() {
        vault("v");
        List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            dropConnections();
            for (String path : List.of("/vaults", "/jobs", "/points", "/audit")) {
                Response reply = admin().get(API + path);
                seen.add(reply.statusCode());
                if (reply.statusCode() != 200) {
                    reply.then()
                            .statusCode(503)
                            .contentType("application/problem+json")
                            .body("code", equalTo("unavailable"))
                            .body("retryable", equalTo(true));
                }
            }
        }
        assertThat(seen).contains(503);
    }

    @Test
    void aCommitThatIsNotAnsweredIsAnUnknownOutcomeAndTheSameKeySettlesIt() {
        vault("v");
        // The connection ends while the transaction commits, after its last statement was answered.
        Database.run("""
                create function lose_commit() returns trigger language plpgsql as
                $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$
                """);
        Database.run("""
                create constraint trigger lose_commit after insert on job deferrable initially deferred
                for each row execute function lose_commit()
                """);
        var request = admin().header("Idempotency-Key", "k").body(Map.of("vm", "web", "vault", "v"));
        request.post(API + "/backups")
                .then()
                .statusCode(500)
                .contentType("application/problem+json")
                .body("code", equalTo("outcome-unknown"))
                .body("retryable", equalTo(true));
        mend();
        request.post(API + "/backups").then().statusCode(202);
        assertThat(count("job")).isEqualTo(1);
    }
}
