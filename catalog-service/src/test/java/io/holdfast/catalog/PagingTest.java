package io.holdfast.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.hasSize;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.app.queue.PruneHistory;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

@QuarkusTest
class PagingTest extends CatalogTest {

    /** Walks a listing to its end; each page but the last is full. */
    private static List<String> walk(String path, String field, int limit) {
        List<String> found = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = tree(admin().get(API + path + "limit=" + limit + after));
            page.path("items").forEach(item -> found.add(item.path(field).asText()));
            after = page.has("next") ? "&after=" + page.path("next").asText() : "";
            assertThat(page.path("items").size()).isLessThanOrEqualTo(limit);
            if (!after.isEmpty()) {
                assertThat(page.path("items").size()).isEqualTo(limit);
            }
        } while (!after.isEmpty());
        return found;
    }

    @Inject
    PruneHistory prune;

    @Test
    void whatIsOldIsDroppedButWhatAPointOrAMessageNeeds() {
        vault("v");
        committedPoint("web", "v", 1);
        unlocked();
        String old = backup("web", "v");
        end(old, failure(lease("BACKUP_WORKER"), "no-space")).then().statusCode(204);
        unlocked();
        String recent = backup("web", "v");
        end(recent, failure(lease("BACKUP_WORKER"), "no-space")).then().statusCode(204);
        unlocked();
        Database.run("update job set ended_at = now() - interval '91 days' where id <> '" + recent + "'");
        Database.run("update audit set at = now() - interval '366 days' where action = 'job.end'");
        Database.run("update outbox set delivered_at = null, not_before = now() + interval '1 hour' where job = '" + old
                + "'");
        prune.run(Duration.ofDays(90), Duration.ofDays(365));
        assertThat(Database.count("job")).isEqualTo(3);
        assertThat(Database.text("select count(*) from audit where action = 'job.end'"))
                .isEqualTo("0");
        Database.run("update outbox set delivered_at = now()");
        prune.run(Duration.ofDays(90), Duration.ofDays(365));
        assertThat(Database.text("select count(*) from job where id = '" + old + "'"))
                .isEqualTo("0");
        assertThat(Database.count("job")).isEqualTo(2);
        assertThat(Database.count("restore_point")).isEqualTo(1);
    }

    @Test
    void jobsAreWalkedNewestFirstAlsoWhileNewOnesCome() {
        vault("v");
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(backup("web", "v"));
        }
        assertThat(walk("/jobs?", "id", 3)).containsExactlyElementsOf(made.reversed());
        assertThat(walk("/jobs?state=queued&vm=lab/vm-1&", "id", 7)).hasSize(7);
        assertThat(walk("/jobs?vm=web&", "id", 2)).hasSize(7);
        snapshotService.addVm("lab2", "vm-9", "web");
        assertThat(walk("/jobs?vm=lab2/web&", "id", 2)).isEmpty();
        snapshotService.vms.removeLast();
        assertThat(walk("/jobs?state=RUNNING&", "id", 2)).isEmpty();
        String cursor = tree(admin().get(API + "/jobs?limit=2")).path("next").asText();
        backup("web", "v");
        assertThat(tree(admin().get(API + "/jobs?limit=1&after=" + cursor))
                        .path("items")
                        .path(0)
                        .path("id")
                        .asText())
                .isEqualTo(made.get(4));
    }

    @Test
    void pointsAreWalkedNewestFirstAndFilteredByVmAndVault() {
        vault("v");
        vault("w");
        List<String> points = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            points.add(committedPoint("web", "v", i));
        }
        String other = committedPoint("web", "w", 1);
        assertThat(walk("/points?vault=v&", "id", 2)).containsExactlyElementsOf(points.reversed());
        assertThat(walk("/points?vm=web&", "id", 4)).hasSize(6).startsWith(other);
        assertThat(walk("/points?vm=lab/vm-1&vault=w&", "id", 4)).containsExactly(other);
        snapshotService.addVm("lab", "vm-2", "db");
        assertThat(walk("/points?vm=db&", "id", 4)).isEmpty();
        assertThat(walk("/jobs?vm=db&", "id", 4)).isEmpty();
        snapshotService.vms.removeLast();
        snapshotService.addVm("lab", "vm-1", "renamed");
        assertThat(walk("/points?vm=renamed&", "id", 4))
                .as("of a VM that has another name now")
                .hasSize(6);
        assertThat(walk("/jobs?vm=renamed&", "id", 4)).hasSize(6);
        JsonNode shown = tree(admin().get(API + "/points/" + other));
        assertThat(shown.path("vault").asText()).isEqualTo("w");
        assertThat(shown.path("disks").path(0).path("key").asText()).isEqualTo("vda");
        JsonNode vault = tree(admin().get(API + "/vaults/v"));
        assertThat(vault.path("points").asInt()).isEqualTo(5);
        assertThat(vault.path("storedBytes").asInt()).isEqualTo(5 * 700);
    }

    @Test
    void vaultsAreWalkedByNameAndTheAuditNewestFirst() {
        for (String name : List.of("c", "a", "e", "b", "d")) {
            vault(name);
        }
        assertThat(walk("/vaults?", "name", 2)).containsExactly("a", "b", "c", "d", "e");
        backup("web", "a");
        backup("web", "b");
        assertThat(walk("/audit?", "action", 1)).containsExactly("job.BACKUP", "job.BACKUP");
        assertThat(Database.text("select min(actor) || min(outcome) from audit"))
                .isEqualTo("adminaccepted");
    }

    @Test
    void thousandsOfItemsNeedThePageSizeToBeWithinBounds() {
        admin().get(API + "/jobs?limit=1000").then().statusCode(200).body("items", hasSize(0));
        admin().get(API + "/jobs?limit=1001").then().statusCode(400);
    }
}
