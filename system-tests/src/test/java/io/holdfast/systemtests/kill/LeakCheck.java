package io.holdfast.systemtests.kill;

import io.holdfast.local.guest.Virsh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Looks for what nobody owns once everything has settled: snapshot-service's own report, and without it, because a row that is
 * never closed would hide its things from that report for ever.
 */
record LeakCheck(SuiteUnderTest suite, String vm) {

    List<String> leaks(Set<UUID> points) throws IOException, InterruptedException {
        Virsh virsh = suite.libvirt().virsh();
        List<String> found = new ArrayList<>();
        String reported = suite.leftovers();
        if (!reported.equals("[]")) {
            found.add("reported: " + reported);
        }
        virsh.domains().stream().filter(d -> d.startsWith("holdfast.")).forEach(d -> found.add("helper domain " + d));
        if (backupJobRuns(virsh)) {
            found.add("a backup job of " + vm);
        }
        files(suite.libvirt().folder().resolve("pool"), "holdfast.scratch", found);
        files(suite.home().nbd(), "holdfast.", found);
        for (String checkpoint : checkpoints(virsh)) {
            if (points.stream().noneMatch(p -> checkpoint.contains(p.toString()))) {
                found.add("checkpoint " + checkpoint + " is ahead of the points");
            }
        }
        if (suite.multipartSeen()) {
            found.add("a multipart upload was begun");
        }
        return found;
    }

    List<String> checkpoints(Virsh virsh) throws IOException, InterruptedException {
        return virsh.run("checkpoint-list", vm, "--name")
                .lines()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private boolean backupJobRuns(Virsh virsh) throws InterruptedException {
        try {
            virsh.run("backup-dumpxml", vm);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void files(Path folder, String prefix, List<String> found) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            files.map(f -> f.getFileName().toString())
                    .filter(f -> f.startsWith(prefix))
                    .forEach(f -> found.add("file " + f));
        }
    }
}
