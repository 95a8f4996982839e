package io.holdfast.local.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.local.guest.OsProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisedProcessTest {
    private static final Duration GRACE = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    private final List<SupervisedProcess> parts = new ArrayList<>();

    @BeforeEach
    void makeHome() {
        home().create();
    }

    @AfterEach
    void endAll() throws Exception {
        parts.forEach(part -> part.stop(GRACE));
        OsProcess.killAll(OsProcess.withVariable((ProcessLedger.MARK + "=" + home().root())::equals));
    }

    @Test
    void aPartThatIsKilledIsStartedAgainAndAnAskedEndIsFinal() throws Exception {
        SupervisedProcess part = start("echo started; exec sleep 1000");
        long first = pidOf(part);

        ProcessHandle.of(first).ifPresent(ProcessHandle::destroyForcibly);
        await().until(() -> part.running() != null && pidOf(part) != first);
        assertThat(part.starts()).isEqualTo(2);
        assertThat(new ProcessLedger(home()).all()).extracting("pid").containsExactly(pidOf(part));

        long second = pidOf(part);
        part.stop(GRACE);
        assertThat(OsProcess.of(second)).isEmpty();
        assertThat(new ProcessLedger(home()).all()).isEmpty();
        await().during(Duration.ofSeconds(1)).atMost(GRACE).until(() -> part.running() == null);
    }

    @Test
    void aPartThatIgnoresTheRequestToEndIsKilledWithItsChildren() throws Exception {
        SupervisedProcess part = start("trap '' TERM; sleep 1000 & echo $! > child; wait; sleep 1000");
        Path child = folder.resolve("child");
        await().until(() -> Files.exists(child) && Files.size(child) > 0);
        long childPid = Long.parseLong(Files.readString(child).strip());

        part.stop(Duration.ofMillis(300));

        assertThat(part.running()).isNull();
        await().until(() -> OsProcess.of(childPid).isEmpty());
    }

    @Test
    void whoComesAfterAKilledSupervisorEndsWhatItRecordedAndWhatItHadNoTimeToRecord() throws Exception {
        // No SupervisedProcess: its supervisor is dead, and a living one would start the part again and write the
        // ledger too.
        Process recorded = marked();
        new ProcessLedger(home()).add(ProcessLedger.Entry.of("part", recorded.toHandle()));
        Process unrecorded = marked();
        Process other = new ProcessBuilder("sleep", "1000").start();
        try {
            Suite.endLeftovers(home());

            await().until(() -> !unrecorded.isAlive());
            assertThat(recorded.isAlive()).isFalse();
            assertThat(new ProcessLedger(home()).all()).isEmpty();
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void whatAProcessStartsWhileItIsBeingEndedIsEndedToo() throws Exception {
        // A new child every few milliseconds: a list of them is old before it is read.
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "while :; do sleep 1000 & sleep 0.005; done");
        builder.environment().put(ProcessLedger.MARK, home().root().toString());
        Process breeder = builder.start();
        await().until(() -> breeder.descendants().count() > 20);

        Suite.endLeftovers(home());

        assertThat(OsProcess.withVariable((ProcessLedger.MARK + "=" + home().root())::equals))
                .isEmpty();
    }

    @Test
    void aProcessThatOnlyHasTheSameNumberIsLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "1000").start();
        try {
            ProcessLedger ledger = new ProcessLedger(home());
            long ticks = OsProcess.of(stranger.pid()).orElseThrow().startTicks();
            ledger.add(new ProcessLedger.Entry("x", stranger.pid(), ticks - 1, OsProcess.boot(), Instant.EPOCH));
            ledger.add(new ProcessLedger.Entry("y", stranger.pid(), ticks, "another boot", Instant.EPOCH));

            Suite.endLeftovers(home());

            assertThat(stranger.isAlive()).isTrue();
            assertThat(new ProcessLedger(home()).all()).isEmpty();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void theLogIsTheOwnersAlone() throws Exception {
        start("echo hello; exec sleep 1000");
        Path log = home().logs().resolve("part.log");

        await().until(() -> Files.readString(log).contains("hello"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                .isEqualTo("rw-------");
    }

    @Test
    void aLongLogIsCopiedAsideAndThePartGoesOnInTheEmptiedOne() throws Exception {
        SupervisedProcess part = start(
                "head -c 22000000 /dev/zero; echo; until [ -e go ]; do sleep 0.1; done; echo after; exec sleep 1000");
        Path log = home().logs().resolve("part.log");
        await().until(() -> Files.size(log) > 22_000_000);

        part.trimLog();
        Files.writeString(folder.resolve("go"), "x\n");

        await().until(() -> Files.readString(log).equals("after\n"));
        assertThat(log.resolveSibling("part.log.1")).hasSize(22_000_001);
    }

    /** A process as a supervisor of this home starts it. */
    private Process marked() throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sleep", "1000");
        builder.environment().put(ProcessLedger.MARK, home().root().toString());
        return builder.start();
    }

    private Home home() {
        return new Home(folder.resolve("h"), folder.resolve("n"));
    }

    private SupervisedProcess start(String script) throws IOException {
        Home home = home();
        ProcessSpec spec = new ProcessSpec("part", List.of("sh", "-c", script), Map.of(), folder, false);
        SupervisedProcess part = new SupervisedProcess(spec, home, new ProcessLedger(home));
        parts.add(part);
        part.start();
        return part;
    }

    private static long pidOf(SupervisedProcess part) {
        ProcessHandle running = part.running();
        return running == null ? 0 : running.pid();
    }
}
