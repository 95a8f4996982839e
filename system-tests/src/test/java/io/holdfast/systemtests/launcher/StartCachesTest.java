package io.holdfast.systemtests.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.StartCaches;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was recorded before the first test. */
class StartCachesTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void every_service_has_one_that_the_JVM_takes() throws Exception {
        assertThat(StartCaches.areFresh(new Installation(ROOT))).isTrue();
        for (String service : List.of("catalog-service", "snapshot-service", "backup-worker", "restore-service")) {
            assertThat(StartCaches.isUsable(app(service))).as(service).isTrue();
        }
    }

    @Test
    void one_goes_on_to_hold_where_a_build_is_kept_and_one_of_another_service_or_cut_off_does_not(@TempDir Path kept)
            throws Exception {
        Path copy = kept.resolve("restore-service");
        copy(app("restore-service"), copy);
        assertThat(StartCaches.isUsable(copy)).isTrue();

        Path cache = copy.resolve("app.aot");
        Files.write(cache, half(cache));
        assertThat(StartCaches.isUsable(copy)).isFalse();

        Files.copy(app("backup-worker").resolve("app.aot"), cache, StandardCopyOption.REPLACE_EXISTING);
        assertThat(StartCaches.isUsable(copy)).isFalse();
    }

    private static byte[] half(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        return Arrays.copyOf(all, all.length / 2);
    }

    private static Path app(String service) {
        return ROOT.resolve(service).resolve("target/quarkus-app");
    }

    /** With its times, as builds are kept. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
