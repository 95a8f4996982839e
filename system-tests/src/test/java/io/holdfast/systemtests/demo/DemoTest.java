package io.holdfast.systemtests.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.local.guest.Command;
import io.holdfast.local.guest.OsProcess;
import io.holdfast.local.suite.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The main job, as a user runs it: a process of its own, its JSON, and what it leaves behind. */
class DemoTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final boolean ALL = Boolean.getBoolean("holdfast.all");
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private Path folder;
    private Path home;

    @BeforeEach
    void makeHome() throws IOException {
        // Short: unix sockets are made below it.
        folder = Files.createTempDirectory(Path.of("/tmp"), "hd");
        home = folder.resolve("h");
    }

    @AfterEach
    void removeHome() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    @Test
    void theRestoredGuestVerifiesEveryPointAndNothingIsLeft() throws Exception {
        passesAndLeavesNothing();
    }

    private void passesAndLeavesNothing() throws Exception {
        Path out = folder.resolve("out.json");
        Path err = folder.resolve("err.log");
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

    /** Ways to end a demo early, and when: one of them, chosen by the run's seed, or all. */
    static Stream<Arguments> endings() {
        List<Arguments> all = Stream.of("INT", "TERM", "KILL")
                .flatMap(signal -> Stream.of(Phase.values()).map(phase -> Arguments.of(signal, phase)))
                .toList();
        if (ALL) {
            return all.stream();
        }
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("seed: -Dholdfast.seed=" + seed);
        return Stream.of(all.get(new Random(seed).nextInt(all.size())));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aDemoThatIsEndedInAnyPhaseLeavesNothingAtTheLatestForTheNextOne(String signal, Phase phase) throws Exception {
        Path out = folder.resolve("out.json");
        Path err = folder.resolve("err.log");
        Process demo = demo(out, err);
        Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(LONGEST).until(() -> {
            assertThat(demo.isAlive()).as(said(err)).isTrue();
            return phase.reached(home.resolve("demo"), said(err));
        });

        send(signal, demo);

        assertThat(demo.waitFor(2, TimeUnit.MINUTES)).as("the demo ends").isTrue();
        assertThat(demo.exitValue()).isNotZero();
        if (!signal.equals("KILL")) {
            assertThat(said(err)).contains("the demo is ended");
            assertThat(new ObjectMapper().readTree(out.toFile()).path("ok").asBoolean(true))
                    .isFalse();
        }
        if (signal.equals("KILL")) {
            List<OsProcess> orphans = OsProcess.withVariable(variable -> variable.contains(home.toString()));
            Process next = demo(folder.resolve("out2.json"), folder.resolve("err2.log"));
            Awaitility.await()
                    .atMost(LONGEST)
                    .until(() -> Phase.SERVICES_START.reached(home.resolve("demo"), said(folder.resolve("err2.log"))));
            assertThat(orphans).noneMatch(OsProcess::alive);
            send("TERM", next);
            assertThat(next.waitFor(2, TimeUnit.MINUTES)).isTrue();
        }
        assertNothingIsLeft();
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.all", matches = "true") // the demo gives a silent guest two minutes
    void aDemoThatFailsSaysSoInItsDocumentAndItsExitCodeAndLeavesNothing() throws Exception {
        Path out = folder.resolve("out.json");
        Path err = folder.resolve("err.log");
        Process demo = demo(out, err);
        Path guest = home.resolve("demo/disks/guest-a.qcow2");
        Awaitility.await().atMost(LONGEST).until(() -> said(err).contains("backup 1"));

        // The machine under it dies.
        OsProcess.withVariable(v -> v.startsWith("XDG_CACHE_HOME=" + home.resolve("demo/lv/c/libvirt")))
                .forEach(OsProcess::kill);

        assertThat(guest).exists();
        assertThat(demo.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(1);
        JsonNode result = new ObjectMapper().readTree(out.toFile());
        assertThat(result.path("ok").asBoolean(true)).isFalse();
        assertThat(result.path("error").asText()).isNotEmpty();
        assertThat(result.path("points").isArray()).isTrue();
        assertNothingIsLeft();
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.all", matches = "true")
    void tenInARowPass() throws Exception {
        for (int i = 0; i < 10; i++) {
            passesAndLeavesNothing();
        }
    }

    /** A moment of the story. */
    enum Phase {
        GROUND_IS_MADE,
        DATABASE_IS_MADE,
        SERVICES_START,
        GUEST_BOOTS,
        FIRST_BACKUP,
        SNAPSHOT_EXISTS,
        RESTORE;

        /** Told by what is on the ground or was said. */
        boolean reached(Path ground, String said) {
            return switch (this) {
                case GROUND_IS_MADE -> Files.exists(ground.resolve("lv"));
                case DATABASE_IS_MADE -> Files.exists(ground.resolve("pg/data.new"));
                case SERVICES_START -> said.contains("starting the services");
                case GUEST_BOOTS -> said.contains("making and booting");
                case FIRST_BACKUP -> said.contains("backup 1: ");
                case SNAPSHOT_EXISTS -> said.contains("backup 3: ");
                case RESTORE -> said.contains("restore restored-1: ");
            };
        }
    }

    private static String said(Path err) throws IOException {
        return Files.exists(err) ? Files.readString(err) : "";
    }

    private static void send(String signal, Process to) throws Exception {
        Command.run(Duration.ofSeconds(5), List.of("kill", "-" + signal, Long.toString(to.pid())));
    }

    private Process demo(Path out, Path err) throws IOException {
        Path target = ROOT.resolve("local/launcher/target");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
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
        assertThat(new Home(home.resolve("demo")).nbd()).as("its sockets").doesNotExist();
    }
}
