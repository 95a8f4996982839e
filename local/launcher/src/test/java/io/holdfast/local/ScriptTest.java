package io.holdfast.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script {@code holdfast}: what it installs, refuses, builds and starts. */
class ScriptTest {
    @TempDir
    Path folder;

    @Test
    void withoutRightsItPrintsTheExactLinesAndInstallsNothing() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.user(1000);
        rig.apt();

        ScriptRig.Ran ran = rig.run("demo", "--yes");

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err())
                .contains("missing on this machine", "builds Holdfast from its sources", "Run these lines as root")
                .containsPattern(
                        "apt-get update && apt-get install -y --no-install-recommends .*\\bmaven .*qemu-system-x86 qemu-utils");
        assertThat(rig.calls()).isEmpty();
    }

    @Test
    void rootsListsAreRefreshedBeforeNamesAreLookedUpAndYesInstalls() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.apt();

        ScriptRig.Ran ran = rig.run("demo", "--yes");

        assertThat(rig.calls().get(0)).isEqualTo("apt-get update -qq");
        assertThat(rig.calls().get(1))
                .startsWith("apt-get install -y --no-install-recommends ")
                .contains("maven", "qemu-utils");
        assertThat(rig.calls()).hasSize(2);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("still missing: maven");
    }

    @Test
    void anUnknownSystemGetsTheNamesAndAnEnd() throws Exception {
        ScriptRig.Ran ran = new ScriptRig(folder).run("demo", "--yes");

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("This is no Debian or Ubuntu").contains("maven");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "test", "lint", "build", "bench", "up"})
    void helpInstallsAndBuildsNothing(String verb) throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.apt();
        rig.maven(0);

        ScriptRig.Ran bare = rig.run(verb, "--help");
        assertThat(bare.exit()).isZero();
        assertThat(bare.out()).contains("Usage: holdfast VERB", "restore");
        assertThat(rig.calls()).isEmpty();

        rig.run("build");
        rig.source("changed");
        rig.forgetCalls();
        assertThat(rig.run(verb, "--help").out())
                .contains("io.holdfast.local.Main")
                .endsWith(verb + "\n--help\n");
        assertThat(rig.calls()).isEmpty();
    }

    @Test
    void aWrongArgumentOfTestOrLintIsRefusedBeforeAnythingIsInstalled() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.apt();

        for (List<String> wrong : List.of(List.of("--seed"), List.of("--seed", "x"), List.of("--al"))) {
            String[] line = Stream.concat(Stream.of("test"), wrong.stream()).toArray(String[]::new);
            assertThat(rig.run(line).exit()).as(wrong.toString()).isEqualTo(2);
        }
        assertThat(rig.run("lint", "--al").exit()).isEqualTo(2);
        assertThat(rig.calls()).isEmpty();
    }

    @Test
    void aBuildIsKeptApartAndOnlyUpMakesANewOneWhenTheSourcesChanged() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.maven(0);

        ScriptRig.Ran early = rig.run("status");
        assertThat(early.exit()).isEqualTo(3);
        assertThat(early.err()).contains("not built yet");
        assertThat(rig.run("down").exit()).isZero();
        assertThat(rig.run("restore").exit()).isEqualTo(1);
        Path started =
                Files.createDirectories(folder.resolve("home/.holdfast/run")).resolve("build");
        Files.writeString(started, folder.resolve("gone").toString());
        assertThat(rig.run("down").exit())
                .as("what it was started from is gone")
                .isEqualTo(1);
        assertThat(rig.run("status").exit()).isEqualTo(1);
        Files.delete(started);
        Path first = root(rig.run("up"));
        assertThat(first).startsWith(rig.project().resolve("target/dist"));
        assertThat(first.resolve("local/launcher/target/classes/built-from")).hasContent("first");

        rig.source("second");
        rig.forgetCalls();
        for (String verb : List.of("down", "status", "restore", "job", "supervise")) {
            assertThat(root(rig.run(verb))).as(verb).isEqualTo(first);
        }
        assertThat(rig.calls()).isEmpty();

        Path second = root(rig.run("up"));
        assertThat(rig.calls()).hasSize(1);
        assertThat(second.resolve("local/launcher/target/classes/built-from")).hasContent("second");
        assertThat(first).as("nobody runs from it any more").doesNotExist();
        assertThat(root(rig.run("status"))).isEqualTo(second);
    }

    @Test
    void theBuildThatARunningSuiteUsesStaysAndItsVerbsUseIt() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.maven(0);
        Path first = root(rig.run("up"));
        Process suite = new ProcessBuilder("sh", "-c", "sleep 1000; :", first + "/service.jar").start();
        try {
            Path run = Files.createDirectories(folder.resolve("home/.holdfast/run"));
            Files.writeString(run.resolve("build"), first.toString());

            rig.source("second");
            rig.run("build");

            assertThat(first.resolve("local/launcher/target/classes/built-from"))
                    .hasContent("first");
            assertThat(root(rig.run("down"))).isEqualTo(first);
            Files.delete(run.resolve("build"));
            assertThat(root(rig.run("status"))).isNotEqualTo(first);
        } finally {
            suite.descendants().forEach(ProcessHandle::destroyForcibly);
            suite.destroyForcibly();
        }
    }

    @Test
    void whileAnotherBuildRunsTheOtherVerbsDoNotWait() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.maven(0);
        Path built = root(rig.run("up"));
        rig.source("second");
        Process build = new ProcessBuilder(
                        "flock", rig.project().resolve("target/holdfast.lock").toString(), "sleep", "1000")
                .start();
        try {
            await().until(() -> build.descendants().count() == 1); // it has the lock and sleeps

            assertThat(root(rig.run("status"))).isEqualTo(built);
        } finally {
            build.descendants().forEach(ProcessHandle::destroyForcibly);
            build.destroyForcibly();
        }
    }

    @Test
    void testsThatFailSpoilNoBuild() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.maven(1);
        rig.programs("qemu-system-x86_64", "qemu-img", "virsh", "nbdkit", "nbdcopy", "openssl", "xz", "zstd");
        Path built = root(rig.run("up"));
        rig.forgetCalls();

        ScriptRig.Ran tests = rig.run("test", "--seed", "7");

        assertThat(tests.exit()).as(tests.err()).isEqualTo(1);
        assertThat(tests.out()).contains("0 passed, 0 failed, 0 skipped");
        assertThat(rig.calls()).singleElement().asString().contains("-Dholdfast.seed=7", "verify");
        rig.forgetCalls();
        assertThat(root(rig.run("up"))).isEqualTo(built);
        assertThat(rig.calls()).isEmpty();
    }

    @Test
    void relativePathsAmongTheArgumentsAreTheUsersOwn() throws Exception {
        ScriptRig rig = new ScriptRig(folder);
        rig.maven(0);

        ScriptRig.Ran built = rig.run("up");
        ScriptRig.Ran there = rig.run("vault", "add", "v", "file:///x", "--passphrase-file", "p");

        assertThat(built.out().lines().findFirst())
                .hasValue(folder.resolve("where").toString());
        assertThat(there.out().lines().findFirst())
                .hasValue(folder.resolve("where").toString());
        assertThat(there.out()).endsWith("--passphrase-file\np\n");
    }

    /** The build that the command line was started from. */
    private static Path root(ScriptRig.Ran ran) {
        return ran.out()
                .lines()
                .filter(line -> line.startsWith("-Dholdfast.root="))
                .map(line -> Path.of(line.substring("-Dholdfast.root=".length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("exit " + ran.exit() + ": " + ran.err()));
    }
}
