package io.holdfast.restore;

import static io.holdfast.restore.VaultOfTwoDisks.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.FillTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.restore.app.Restore;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.storage.MonotonicClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job runs in one replica, the hypervisor pulls from another one: the job still answers for every block. */
@Timeout(180)
class ReplicasTest {

    @TempDir
    Path folder;

    private final ScriptedServices services = new ScriptedServices();
    private final TokenSeal seal = new TokenSeal(new byte[32], new SecureRandom());
    private final AtomicInteger fills = new AtomicInteger();

    /** A clock that only pauses move: minutes of waiting cost nothing. */
    private final MonotonicClock pause = new MonotonicClock() {
        private final AtomicLong now = new AtomicLong();

        @Override
        public long nanos() {
            return now.get();
        }

        @Override
        public void pause(Duration time) {
            now.addAndGet(time.toNanos());
        }
    };

    @SuppressWarnings("NullAway.Init")
    private VaultOfTwoDisks vault;

    @SuppressWarnings("NullAway.Init")
    private Replica running;

    @SuppressWarnings("NullAway.Init")
    private Replica other;

    @BeforeEach
    void twoReplicas() throws Exception {
        vault = new VaultOfTwoDisks(folder.resolve("v"), services);
        running = new Replica(services, seal, InstantSource.system(), folder.resolve("a"), Optional.empty());
        other = new Replica(services, seal, InstantSource.system(), folder.resolve("b"), Optional.empty());
        services.onOpenTarget = request -> target(State.PREPARED, 0, null);
        services.onFill = this::pull;
        services.onFinish = () -> target(State.FINISHED, 0, null);
    }

    @AfterEach
    void close() {
        other.close();
        running.close();
    }

    private TargetInfo pull(FillTarget fill) {
        fills.incrementAndGet();
        for (var disk : fill.from().entrySet()) {
            if (!Pulled.into(folder.resolve(disk.getKey() + ".out"), disk.getValue())) {
                services.onTarget = () -> target(State.FAILED, 0, "Input/output error");
                return target(State.FILLING, 0, null);
            }
        }
        services.onTarget = () -> target(State.FILLED, 0, null);
        return target(State.FILLING, 0, null);
    }

    private static void refused(ThrowingCallable restoring, ErrorCode code, String... words) {
        assertThatThrownBy(restoring).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.detail()).contains(words);
        });
    }

    @Test
    void damageThatAnotherReplicaServedIsNamedAfterTheFirstPull() throws Exception {
        vault.damageBlocks();
        Restore restore = running.restore(other, pause);
        LeasedJob job = vault.job();
        refused(
                () -> restore.run(job, VaultOfTwoDisks.context()),
                ErrorCode.POINT_DAMAGED,
                "Disk vda",
                "bytes",
                "pack");
        assertThat(fills).hasValue(1);
        assertThat(services.finished).isEmpty();
        assertThat(services.aborted).containsExactly(job.job());
        assertThat(other.ledger.damagedReads()).isPositive();
    }

    @Test
    void aHypervisorThatHidesWhatAnotherReplicaCouldNotReadIsNotBelieved() throws Exception {
        vault.damageBlocks();
        services.onFill = fill -> {
            pull(fill);
            return target(State.FILLED, 0, null);
        };
        Restore restore = running.restore(other, pause);
        refused(() -> restore.run(vault.job(), VaultOfTwoDisks.context()), ErrorCode.POINT_DAMAGED, "Disk vda");
        assertThat(services.finished).isEmpty();
    }

    @Test
    void aTargetThatAnEarlierProcessFilledIsCheckedBeforeItIsFinished() throws Exception {
        vault.damageBlocks();
        services.onOpenTarget = request -> target(State.FILLED, 0, null);
        Restore restore = running.restore(running, pause);
        refused(() -> restore.run(vault.job(), VaultOfTwoDisks.context()), ErrorCode.POINT_DAMAGED, "Disk vda");
        assertThat(fills).hasValue(0);
        assertThat(services.finished).isEmpty();
    }

    @Test
    void whatAnotherReplicaServedIsReadOnceMoreBeforeTheEnd() throws Exception {
        running.restore(other, pause).run(vault.job(), VaultOfTwoDisks.context());
        assertThat(running.door.bytes).hasValue(other.door.bytes.get());
        assertThat(running.door.bytes.get()).isBetween(18L << 20, 24L << 20);
        assertThat(services.finished).hasSize(1);
        assertThat(Files.readAllBytes(folder.resolve("vda.out"))).isEqualTo(vault.disk("vda"));
        assertThat(Files.readAllBytes(folder.resolve("vdb.out"))).isEqualTo(vault.disk("vdb"));
    }

    @Test
    void whatThisProcessServedIsNotReadOnceMore() throws Exception {
        AtomicLong pulled = new AtomicLong();
        services.onFill = fill -> {
            TargetInfo filled = pull(fill);
            pulled.set(running.door.bytes.get());
            return filled;
        };
        running.restore(running, pause).run(vault.job(), VaultOfTwoDisks.context());
        assertThat(pulled.get()).isGreaterThan(18L << 20);
        assertThat(running.door.bytes).hasValue(pulled.get());
        assertThat(running.ledger.bytesServed()).isEqualTo(pulled.get());
        assertThat(services.finished).hasSize(1);
    }

    @Test
    void aPullThatBrokeHalfWayIsCheckedAndBegunAnew() throws Exception {
        services.onFill = fill -> fills.get() == 0 ? broken(fill) : pull(fill);
        running.restore(other, pause).run(vault.job(), VaultOfTwoDisks.context());
        assertThat(fills).hasValue(2);
        assertThat(services.finished).hasSize(1);
    }

    private TargetInfo broken(FillTarget fill) {
        assertThat(fill.from()).hasSize(2);
        fills.incrementAndGet();
        return target(State.FAILED, 0, "broken pipe");
    }

    @Test
    void aPullThatStandsStillIsGivenUp() {
        services.onFill = fill -> target(State.FILLING, 4096, null);
        services.onTarget = () -> target(State.FILLING, 4096, null);
        Restore restore = running.restore(other, pause);
        LeasedJob job = vault.job();
        refused(
                () -> restore.run(job, VaultOfTwoDisks.context()),
                ErrorCode.TARGET_FILL_STALLED,
                "600 seconds",
                "4096");
        assertThat(Duration.ofNanos(pause.nanos())).isBetween(Replica.STANDSTILL, Replica.STANDSTILL.plusMinutes(1));
        assertThat(services.aborted).containsExactly(job.job());
    }

    @Test
    void aPullThatIsSlowIsNotGivenUp() throws Exception {
        AtomicLong done = new AtomicLong();
        services.onFill = fill -> target(State.FILLING, 0, null);
        // A little in each nine minutes, for hours.
        services.onTarget =
                () -> target(done.incrementAndGet() > 20_000 ? State.FILLED : State.FILLING, done.get() / 540, null);
        running.restore(other, pause).run(vault.job(), VaultOfTwoDisks.context());
        assertThat(Duration.ofNanos(pause.nanos())).isGreaterThan(Duration.ofHours(5));
        assertThat(services.finished).hasSize(1);
    }

    // ----- preflight

    @Test
    void aPackWhoseDirectoryIsDamagedOrCutOffIsNamedAndNobodyIsAsked() throws Exception {
        Path pack = vault.packs().getFirst();
        byte[] good = Files.readAllBytes(pack);
        Restore restore = running.restore(running, pause);
        VaultOfTwoDisks.change(pack, bytes -> VaultOfTwoDisks.flipped(bytes, bytes.length - 200));
        refused(() -> restore.run(vault.job(), VaultOfTwoDisks.context()), ErrorCode.POINT_DAMAGED, "vda", "pack");
        VaultOfTwoDisks.change(pack, _ -> java.util.Arrays.copyOf(good, good.length - 1));
        refused(() -> restore.run(vault.job(), VaultOfTwoDisks.context()), ErrorCode.POINT_DAMAGED, "vda", "pack");
        assertThat(services.calls).containsOnly("vaultAccess");
    }

    @Test
    void damageOfADiskThatIsNotChosenDoesNotHinder() throws Exception {
        Files.delete(vault.packs().getFirst());
        Restore restore = running.restore(running, pause);
        refused(() -> restore.run(vault.job("vda"), VaultOfTwoDisks.context()), ErrorCode.POINT_DAMAGED, "vda");
        assertThat(services.calls).containsOnly("vaultAccess");
        restore.run(vault.job("vdb"), VaultOfTwoDisks.context());
        assertThat(Files.readAllBytes(folder.resolve("vdb.out"))).isEqualTo(vault.disk("vdb"));
    }
}
