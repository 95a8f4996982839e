package io.holdfast.catalog;

import static io.holdfast.catalog.support.Database.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.holdfast.catalog.support.FakeSnapshotService;
import io.holdfast.catalog.support.Parts;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** The service starts over what a dead one left: a live lease, one that ended, a message half delivered. */
@QuarkusTest
@TestProfile(RestartTest.AfterADeath.class)
class RestartTest {

    private static final String ALIVE = "11111111-1111-1111-1111-111111111111";
    private static final String LOST = "22222222-2222-2222-2222-222222222222";
    private static final String ENDED = "33333333-3333-3333-3333-333333333333";

    /** Starts the service anew, after the rows are there. */
    public static class AfterADeath implements QuarkusTestProfile {
        @Override
        public java.util.List<TestResourceEntry> testResources() {
            return java.util.List.of(new TestResourceEntry(LeftBehind.class));
        }
    }

    /** What the dead service had written. */
    public static class LeftBehind implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            Map<String, String> settings = Parts.settings();
            Flyway.configure()
                    .dataSource(settings.get("quarkus.datasource.jdbc.url"), "postgres", "postgres")
                    .load()
                    .migrate();
            Database.clear();
            job(ALIVE, "RUNNING", "now() + interval '1 hour'", "null");
            job(LOST, "RUNNING", "now() - interval '1 minute'", "null");
            job(ENDED, "FAILED", "null", "now()");
            Database.run("insert into outbox (job, kind, tries, claim, claimed_until) values ('" + ENDED
                    + "', 'SETTLE_ABANDONED', 3, gen_random_uuid(), now() + interval '1 hour')");
            return settings;
        }

        private static void job(String id, String state, String expires, String ended) {
            Database.run("""
                    insert into job (id, kind, runner, state, subject, source, vm, moves_data, spec, created_by,
                        max_attempts, fencing, attempts, lease_owner, lease_expires_at, ended_at)
                    values ('%s', 'BACKUP', 'BACKUP_WORKER', '%s', 'web', 'lab', 'vm-1', true,
                        '{"kind":"BACKUP","source":"lab","vm":"vm-1","vmName":"web","vault":"%s","point":"%s",
                          "backupKind":"full","consistency":"crash"}', 'admin', 5, 7, 7, 'w', %s, %s)
                    """.formatted(id, state, id, id, expires, ended));
            Database.run("insert into job_attempt (job, fencing, number, instance) values ('" + id + "', 7, 7, 'w')");
        }

        @Override
        public void stop() {}
    }

    private static final class Calls extends CatalogTest {
        static int beat(String job, long fencing) {
            return heartbeat(job, fencing).statusCode();
        }

        static String state(String job) {
            return job(job).path("state").asText();
        }
    }

    @Test
    void aLiveLeaseHoldsAnEndedOneIsTakenBackAndTheMessageArrives() {
        FakeSnapshotService snapshotService = FakeSnapshotService.shared();
        // The dead process's claim ends when the one is there that this test looks at, however long the start took.
        Database.run("update outbox set claimed_until = now() + interval '1 second'");
        assertThat(Calls.beat(ALIVE, 7)).isEqualTo(200);
        assertThat(Calls.beat(ALIVE, 6)).isEqualTo(409);
        await().until(() -> Calls.state(LOST).equals("QUEUED"));
        await().until(() ->
                text("select count(*) from outbox where delivered_at is null").equals("0"));
        assertThat(snapshotService.settlements()).anyMatch(seen -> seen.body().contains(ENDED));
        assertThat(Integer.parseInt(text("select tries from outbox"))).isGreaterThanOrEqualTo(4);
    }
}
