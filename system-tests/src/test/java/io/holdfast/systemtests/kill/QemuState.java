package io.holdfast.systemtests.kill;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.local.guest.Virsh;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a QEMU process itself has going on, whatever libvirt knows of it. */
record QemuState(Virsh virsh, String domain) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Adds jobs and exports, and bitmaps that are no checkpoint's. */
    void differencesFrom(Set<String> checkpoints, List<String> found) throws IOException, InterruptedException {
        for (String query : List.of("query-block-jobs", "query-jobs", "query-block-exports")) {
            JsonNode answer = ask(query);
            if (!answer.isArray() || !answer.isEmpty()) {
                found.add(query + " of " + domain + ": " + answer);
            }
        }
        Set<String> bitmaps = new TreeSet<>();
        for (JsonNode node : ask("query-named-block-nodes")) {
            for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                bitmaps.add(bitmap.path("name").asText("without a name"));
            }
        }
        bitmaps.stream()
                .filter(bitmap -> !checkpoints.contains(bitmap))
                .forEach(bitmap -> found.add("bitmap " + bitmap + " of " + domain));
        // One without its bitmap would be a checkpoint that counts nothing.
        checkpoints.stream()
                .filter(checkpoint -> !bitmaps.contains(checkpoint))
                .forEach(checkpoint -> found.add("no bitmap of checkpoint " + checkpoint));
    }

    private JsonNode ask(String query) throws IOException, InterruptedException {
        String said = virsh.run("qemu-monitor-command", domain, "{\"execute\":\"" + query + "\"}");
        return JSON.readTree(said).path("return");
    }
}
