package io.holdfast.systemtests.input;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.systemtests.history.Ground;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Everything that a refused request may not change.
 *
 * @param jobs how many jobs there are
 * @param domains the hypervisor's own list
 * @param files in the pool
 */
record Inventory(
        int jobs,
        List<String> points,
        List<String> vaults,
        List<String> sources,
        List<String> domains,
        List<String> files) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** When no view is being closed any more: that goes on after a backup's end. */
    static Inventory calm(Ground ground) throws IOException, InterruptedException {
        await("no scratch is left")
                .atMost(Duration.ofSeconds(60))
                .until(() -> ground.files().stream().noneMatch(file -> file.contains("scratch")));
        return of(ground);
    }

    static Inventory of(Ground ground) throws IOException, InterruptedException {
        return new Inventory(
                jobs(ground),
                ground.catalog().points(null, null).stream()
                        .map(p -> p.id().toString())
                        .toList(),
                ground.catalog().vaults().stream()
                        .map(v -> v.name() + " " + v.state())
                        .toList(),
                ground.catalog().sources().stream().map(s -> s.name()).toList(),
                ground.virsh().domains().stream().sorted().toList(),
                ground.files());
    }

    /** All, page by page: many histories before leave more than one page has. */
    private static int jobs(Ground ground) throws IOException, InterruptedException {
        int jobs = 0;
        try (Wire wire = new Wire(ground)) {
            JsonNode page = JSON.createObjectNode();
            do {
                String after = page.has("next") ? "&after=" + page.path("next").asText() : "";
                page = JSON.readTree(
                        wire.send("GET", "/jobs?limit=1000" + after, null).body());
                jobs += page.path("items").size();
            } while (page.hasNonNull("next"));
        }
        return jobs;
    }

    /** The same where a job was made and failed. */
    Inventory withMoreJobs(int more) {
        return new Inventory(jobs + more, points, vaults, sources, domains, files);
    }
}
