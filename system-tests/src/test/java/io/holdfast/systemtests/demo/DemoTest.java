package io.holdfast.systemtests.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.local.guest.OsProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job, as a user runs it: a process of its own, its JSON, and what it leaves behind. */
class DemoTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        // Short: unix sockets are made below it.
        home = Files.createTempDirectory(Path.of("/tmp"), "hd");
    }

    @AfterEach
    void removeHome() throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    @Test
    void theRestoredGuestVerifiesEveryPointAndNothingIsLeft() throws Exception {
        Path out = home.resolve("out.json");
        Path err = home.resolve("err.log");
        Process demo = demo(out, err);

        assertThat(demo.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                .as("the demo ends")
                .isTrue();

        assertThat(demo.exitValue()).as(Files.readString(err)).isZero();
        JsonNode result = new ObjectMapper().readTree(out.toFile());
        assertThat(result.path("ok").asBoolean()).isTrue();
        assertThat(result.path("restoredInPlace").asBoolean()).isTrue();
        List<JsonNode> points = result.path("points").valueStream().toList();
        assertThat(points)
                .extracting(p -> p.path("kind").asText())
                .containsExactly("full", "incremental", "incremental", "incremental");
        assertThat(points).allSatisfy(point -> {
            assertThat(point.path("verified").asBoolean()).isTrue();
            assertThat(point.path("consistency").asText()).isEqualTo("crash");
            assertThat(point.path("virtualBytes").asLong()).isEqualTo((96L << 20) + (64L << 20) + (36L << 10));
            assertThat(point.path("storedBytes").asLong())
                    .isPositive()
                    .isLessThan(point.path("readBytes").asLong());
        });
        assertNothingIsLeft();
    }

    @Test
    void aDemoThatIsAskedToEndLeavesNothing() throws Exception {
        Path err = home.resolve("err.log");
        Process demo = demo(home.resolve("out.json"), err);
        Awaitility.await()
                .atMost(LONGEST)
                .until(() -> Files.exists(err) && Files.readString(err).contains("backup 1"));

        demo.destroy();

        assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as("the demo ends").isTrue();
        assertNothingIsLeft();
    }

    private Process demo(Path out, Path err) throws IOException {
        Path target = ROOT.resolve("local/launcher/target");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dholdfast.root=" + ROOT,
                "-cp",
                target.resolve("classes") + ":" + target.resolve("lib") + "/*",
                "io.holdfast.local.Main",
                "demo",
                "--json");
        builder.environment().put("HOLDFAST_HOME", home.toString());
        return builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(OsProcess.withVariable(variable -> variable.contains(home.toString())))
                .as("processes of the demo")
                .isEmpty();
        assertThat(home.resolve("demo")).doesNotExist();
    }
}
