package io.holdfast.local.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.local.guest.OsProcess;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DemoGroundTest {
    private Path folder = Path.of("unset");

    @BeforeEach
    void makeFolder() throws IOException {
        // Short: libvirt's sockets are made below it.
        folder = Files.createTempDirectory(Path.of("/tmp"), "hg");
    }

    @AfterEach
    void removeFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void aFolderCalledDemoThatIsNoDemosIsNotTouched() throws Exception {
        Home home = new Home(folder.resolve("h")).create();
        Path work = Files.createDirectory(home.root().resolve("demo"));
        Files.writeString(work.resolve("thesis"), "chapter 1");

        assertThatThrownBy(() -> DemoGround.cleared(home)).isInstanceOf(RefusedException.class);

        assertThat(work.resolve("thesis")).hasContent("chapter 1");
        Files.delete(home.nbd());
    }

    @Test
    void somebodysHomeIsNoPlaceForADemo() throws Exception {
        Files.writeString(folder.resolve("letter"), "dear");

        assertThatThrownBy(() -> DemoGround.cleared(new Home(folder))).isInstanceOf(RefusedException.class);

        assertThat(folder.resolve("demo")).doesNotExist();
    }

    @Test
    void aSecondDemoIsRefusedAndTheFirstOneKeepsItsGround() throws Exception {
        Home home = new Home(folder.resolve("h"));
        try (DemoGround first = DemoGround.cleared(home)) {
            Path file = Files.writeString(first.folder("disks").resolve("d"), "data");

            Process second = demoElsewhere(home);
            String said = new String(second.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

            assertThat(second.waitFor()).as(said).isEqualTo(4);
            assertThat(said).contains("Another demo runs in").doesNotContain("\tat ");
            assertThat(file).hasContent("data");
            first.clear();
            assertThat(first.home().root()).doesNotExist();
        }
        try (DemoGround next = DemoGround.cleared(home)) {
            next.clear();
        }
    }

    @Test
    void whatAKilledDemoLeftIsEndedAndRemoved() throws Exception {
        Home home = new Home(folder.resolve("h"));
        DemoGround killed = DemoGround.cleared(home);
        killed.libvirt().start();
        ProcessBuilder probe = new ProcessBuilder("sleep", "1000");
        probe.environment().putAll(killed.libvirt().mark());
        Process orphan = probe.start();
        Files.writeString(killed.folder("disks").resolve("old"), "data");
        killed.close();

        try (DemoGround next = DemoGround.cleared(home)) {
            assertThat(orphan.waitFor()).isNotZero();
            assertThat(OsProcess.withVariable(v -> v.contains(folder.toString())))
                    .isEmpty();
            assertThat(next.home().root().resolve("disks")).doesNotExist();
            next.clear();
        }
    }

    @Test
    void underALongStateFolderTheGroundIsAShortOneElsewhere() throws Exception {
        Path shortHome = Path.of("/home/somebody/.holdfast");
        assertThat(DemoGround.place(shortHome)).isEqualTo(shortHome.resolve("demo"));

        Path place = DemoGround.place(Path.of("/home/" + "x".repeat(80)));
        assertThat(place.toString()).hasSizeLessThan(38).startsWith("/tmp/holdfast-demo-");
    }

    private static Process demoElsewhere(Home home) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "io.holdfast.local.Main",
                "demo");
        builder.environment().put("HOLDFAST_HOME", home.root().toString());
        return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }
}
