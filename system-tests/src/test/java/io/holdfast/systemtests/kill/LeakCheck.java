package io.holdfast.systemtests.kill;

import io.holdfast.local.guest.Virsh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Looks for what nobody owns once everything has settled: snapshot-service's own report, and without it, because a row that is
 * never closed would hide its things from that report for ever: the rows, libvirt, QEMU, the files.
 */
record LeakCheck(SuiteUnderTest suite, PausedVm vm) {

    /** While the service itself says that something is open, the rest is not asked: each question is a process. */
    List<String> leaks(Set<UUID> points) throws IOException, InterruptedException, SQLException {
        List<String> found = said();
        if (found.isEmpty()) {
            look(points, found);
        }
        return found;
    }

    private List<String> said() throws IOException, InterruptedException, SQLException {
        List<String> rows = suite.database().unfinished();
        if (!rows.isEmpty()) {
            return rows;
        }
        String reported = suite.leftovers();
        return reported.equals("[]") ? new ArrayList<>() : List.of("reported: " + reported);
    }

    private void look(Set<UUID> points, List<String> found) throws IOException, InterruptedException {
        Virsh virsh = suite.libvirt().virsh();
        List<String> domains = virsh.domains();
        domains.stream().filter(d -> d.startsWith("holdfast.")).forEach(d -> found.add("helper domain " + d));
        Set<String> checkpoints = new TreeSet<>(checkpoints(virsh));
        for (String checkpoint : checkpoints) {
            if (points.stream().noneMatch(p -> checkpoint.contains(p.toString()))) {
                found.add("checkpoint " + checkpoint + " is ahead of the points");
            }
        }
        for (String domain : virsh.running()) {
            new QemuState(virsh, domain).differencesFrom(domain.equals(vm.name()) ? checkpoints : Set.of(), found);
        }
        files(domains, found);
        if (suite.multipartSeen()) {
            found.add("a multipart upload was begun");
        }
    }

    List<String> checkpoints(Virsh virsh) throws IOException, InterruptedException {
        return virsh.run("checkpoint-list", vm.name(), "--name")
                .lines()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** In the pool are the disks of the domains that there are, and nothing else; sockets are only the server's. */
    private void files(List<String> domains, List<String> found) throws IOException, InterruptedException {
        Path pool = suite.libvirt().folder().resolve("pool");
        Set<String> owned = new TreeSet<>();
        for (String domain : domains) {
            owned.addAll(vm.disks(domain).values());
        }
        list(pool).filter(file -> !owned.contains(file.toString())).forEach(file -> found.add("file " + file));
        owned.stream().filter(file -> !Files.exists(Path.of(file))).forEach(file -> found.add("missing: " + file));
        list(suite.home().nbd())
                .filter(file -> file.getFileName().toString().startsWith("holdfast."))
                .forEach(file -> found.add("socket file " + file));
        // Also a socket whose file is gone: a server of QEMU's that nobody ended.
        String views = suite.home().nbd() + "/holdfast.";
        Files.readAllLines(Path.of("/proc/net/unix")).stream()
                .filter(line -> line.contains(views))
                .forEach(line -> found.add("socket " + line.substring(line.indexOf(views))));
    }

    private static Stream<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        }
    }
}
