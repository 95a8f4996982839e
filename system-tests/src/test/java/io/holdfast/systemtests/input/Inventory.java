package io.holdfast.systemtests.input;

import io.holdfast.systemtests.history.Ground;
import java.io.IOException;
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

    static Inventory of(Ground ground) throws IOException, InterruptedException {
        return new Inventory(
                ground.catalog().jobs(null, null, 1000).size(),
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

    /** The same where a job was made and failed. */
    Inventory withMoreJobs(int more) {
        return new Inventory(jobs + more, points, vaults, sources, domains, files);
    }
}
