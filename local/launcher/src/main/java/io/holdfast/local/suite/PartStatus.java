package io.holdfast.local.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One running part of a suite.
 *
 * @param residentBytes resident memory, 0 when it cannot be told
 */
public record PartStatus(String name, long pid, Instant since, long residentBytes) {

    /** The parts of a suite that live, in the order in which they were started. */
    public static List<PartStatus> of(Home home) {
        return new ProcessLedger(home.create())
                .all().stream()
                        .map(entry -> entry.find()
                                .map(p -> new PartStatus(
                                        entry.name(), entry.pid(), entry.started(), resident(entry.pid()))))
                        .flatMap(Optional::stream)
                        .toList();
    }

    private static long resident(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(kib -> Long.parseLong(kib) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
