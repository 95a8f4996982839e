package io.holdfast.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.vault.VaultAccess;
import io.holdfast.jobs.JobContext;
import jakarta.ws.rs.ProcessingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups of a real qcow2 image, served by qemu-nbd, into a vault in a directory. */
class BackUpTest extends BackUpFixture {

    @Test
    void aFullBackupHoldsEveryByteAndReadsOnlyWhatIsAllocated() throws Exception {
        PointInfo point = full();
        assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        assertThat(point.readBytes()).isBetween(4L << 20, 6L << 20);
        assertThat(point.vault()).isEqualTo("main");
        assertThat(point.notes()).contains("No TPM.");
        assertThat(point.kind()).isEqualTo(BackupKind.FULL);
    }

    @Test
    void anIncrementalHoldsWritesZeroesAndDiscards() throws Exception {
        PointInfo base = full();
        byte[] before = Qemu.content(image);
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        Qemu.io(
                image,
                "write -P 9 1M 64k",
                "write -z 2M 128k",
                "discard 5M 64k",
                "write -P 7 10M 4k",
                "write -z 23M 1M");
        PointInfo point = incremental(base);
        assertThat(services.opened.getLast().bases()).containsExactly(base.id());
        byte[] after = Qemu.content(image);
        assertThat(after).isNotEqualTo(before);
        assertThat(restored(point.id())).isEqualTo(after);
        assertThat(restored(base.id())).isEqualTo(before);
        assertThat(point.kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(point.base()).isEqualTo(base.id());
        assertThat(point.readBytes()).isLessThan(1 << 20);
    }

    /** QEMU keeps the bits of the part that went as clean when it comes back. */
    @Test
    void aDiskShrunkAndGrownWithItsBitmapIsReadInFull() throws Exception {
        PointInfo base = full();
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        Qemu.run("qemu-img", "resize", "-q", "--shrink", "-f", "qcow2", image.toString(), "12M");
        Qemu.run("qemu-img", "resize", "-q", "-f", "qcow2", image.toString(), Long.toString(SIZE));
        assertReadInFull(incremental(base));
    }

    @Test
    void aDiskThatWasOverwrittenByAnothersCopyIsReadInFull() throws Exception {
        PointInfo base = full();
        Path other = folder.resolve("other.qcow2");
        Qemu.run("qemu-img", "create", "-q", "-f", "qcow2", other.toString(), Long.toString(SIZE));
        Qemu.io(other, "write -P 11 0 3M", "write -P 12 5M 64k");
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", other.toString(), "b0");
        Files.copy(other, image, StandardCopyOption.REPLACE_EXISTING);
        assertReadInFull(incremental(base));
    }

    private PointInfo incremental(PointInfo base) throws Exception {
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:b0", base.id());
        try (var _ = Qemu.serve(image, socket, List.of("-B", "b0"))) {
            return json.treeToValue(
                    backUp.run(job(BackupKind.INCREMENTAL, UUID.randomUUID(), base.id()), context(p -> {})),
                    PointInfo.class);
        }
    }

    private void assertReadInFull(PointInfo point) throws Exception {
        assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        assertThat(point.disks().getFirst().read()).isEqualTo("full");
        assertThat(point.disks().getFirst().fullReason()).contains("differs from the base point");
    }

    @Test
    void aDirtyBitmapThatIsNotOfferedMeansAFullReadThatSaysSo() throws Exception {
        PointInfo base = full();
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:gone", base.id());
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, base.id()), context(p -> {}));
            PointInfo point = json.treeToValue(result, PointInfo.class);
            assertThat(point.disks().getFirst().read()).isEqualTo("full");
            assertThat(point.disks().getFirst().fullReason()).contains("did not offer");
            assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 6})
    void anAttemptInterruptedAtAnyStepIsFollowedByOneThatMakesTheOnePoint(int step) throws Exception {
        services.onOpenView = request -> view(request, null, null);
        LeasedJob job = job(BackupKind.FULL);
        Thread attempt = Thread.currentThread();
        var steps = new AtomicInteger();
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JobContext interrupting = context(p -> {
                if (steps.incrementAndGet() == step) {
                    attempt.interrupt();
                }
            });
            long started = System.nanoTime();
            assertThatThrownBy(() -> backUp.run(job, interrupting)).isInstanceOf(Exception.class);
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(20));
            boolean wasSet = Thread.interrupted();
            assertThat(steps.get()).as("interrupted flag left: %s", wasSet).isGreaterThanOrEqualTo(step);
            assertThat(points()).isZero();
            PointInfo point = json.treeToValue(backUp.run(job, context(p -> {})), PointInfo.class);
            assertThat(points()).isEqualTo(1);
            assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
        }
    }

    @Test
    void aPointThatIsCommittedAlreadyIsAdoptedWithoutAView() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        LeasedJob job = job(BackupKind.FULL);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JsonNode first = backUp.run(job, context(p -> {}));
            services.onOpenView = request -> {
                throw new AssertionError("no view is needed");
            };
            assertThat(backUp.run(job, context(p -> {}))).isEqualTo(first);
        }
        assertThat(points()).isEqualTo(1);
    }

    private static LeasedJob lookOnly(LeasedJob job) {
        return new LeasedJob(job.job(), 2, 30, job.spec(), List.of(), true);
    }

    @Test
    void aLookFindsThePointThatAnEarlierAttemptCommittedAndMakesNothing() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        LeasedJob job = job(BackupKind.FULL);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            assertThatThrownBy(() -> backUp.run(lookOnly(job), context(p -> {})))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POINT_NOT_FOUND));
            assertThat(lastMade).isEqualTo(JobEnd.Made.NOTHING);
            assertThat(services.opened).isEmpty();
            JsonNode point = backUp.run(job, context(p -> {}));
            assertThat(lastMade).isEqualTo(JobEnd.Made.PERHAPS);
            assertThat(backUp.run(lookOnly(job), context(p -> {}))).isEqualTo(point);
        }
    }

    @Test
    void anAttemptThatCannotOpenTheVaultDoesNotClaimToHaveLooked() {
        services.onVaultAccess = id -> new VaultAccess(
                id, "main", "file://" + folder.resolve("vault"), null, null, null, "another passphrase");
        assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), context(p -> {})))
                .isInstanceOf(ApiException.class);
        assertThat(lastMade).isNull();
    }

    @Test
    void aViewThatIsLostWhileItIsReadEndsTheAttemptRetryably() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        services.onRenew = () -> {
            throw new ApiException(ErrorCode.VIEW_LOST, "Freed.");
        };
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JobContext slow = context(p -> {
                while (p.phase().equals("read") && !Thread.currentThread().isInterrupted()) {
                    Thread.onSpinWait();
                }
            });
            assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), slow))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VIEW_LOST));
        }
        assertThat(Thread.interrupted()).isFalse();
        assertThat(points()).isZero();
    }

    @Test
    void nothingIsCommittedWhenTheViewWasLostBeforeTheLastRead() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        services.onObserve = () -> {
            throw new ApiException(ErrorCode.VIEW_LOST, "Ended.");
        };
        LeasedJob job = job(BackupKind.FULL);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            assertThatThrownBy(() -> backUp.run(job, context(p -> {})))
                    .isInstanceOfSatisfying(
                            ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VIEW_LOST));
            assertThat(points()).isZero();
            var looks = new AtomicInteger();
            services.onObserve = () -> {
                if (looks.incrementAndGet() == 1) {
                    throw new ApiException(ErrorCode.UNAVAILABLE, "Restarting.");
                }
            };
            backUp.run(job, context(p -> {}));
            assertThat(looks.get()).isEqualTo(2);
        }
        assertThat(points()).isEqualTo(1);
    }

    @Test
    void aReadThatFailedBecauseScratchRanFullSaysThat() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        var asked = new AtomicInteger();
        services.onRenew = () -> {
            // It let the guest go on as soon as it was started, and answers later.
            if (asked.incrementAndGet() < 3) {
                throw new ApiException(ErrorCode.UNAVAILABLE, "Restarting.");
            }
            throw new ApiException(ErrorCode.SCRATCH_FULL, "The scratch limit was reached.");
        };
        assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), context(p -> {})))
                .isInstanceOfSatisfying(ApiException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SCRATCH_FULL);
                    assertThat(e.detail()).startsWith("The scratch limit was reached");
                });
        assertThat(points()).isZero();
    }

    @Test
    void theResultNamesTheMomentThatWasCommittedAlsoWhenAnEarlierAttemptsPointIsAdopted() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        LeasedJob job = job(BackupKind.FULL);
        String moment = new UUID(1, job.job().getLeastSignificantBits()).toString();
        try (var _ = Qemu.serve(image, socket, List.of())) {
            assertThat(backUp.run(job, context(p -> {})).path("moment").asText())
                    .isEqualTo(moment);
            assertThat(backUp.run(job, context(p -> {})).path("moment").asText())
                    .isEqualTo(moment);
        }
    }

    @Test
    void thePointNamesTheBaseThatItsDisksWereReadAgainst() throws Exception {
        PointInfo older = full();
        Qemu.run("qemu-img", "bitmap", "--add", "-f", "qcow2", image.toString(), "b0");
        Qemu.io(image, "write -P 9 1M 64k");
        PointInfo newer = full();
        Qemu.io(image, "write -P 8 2M 64k");
        // The newer point's checkpoint is not there any more, so that changes count from the older one.
        services.onOpenView = request -> view(request, "qemu:dirty-bitmap:b0", older.id());
        PointInfo point;
        try (var _ = Qemu.serve(image, socket, List.of("-B", "b0"))) {
            JsonNode result = backUp.run(job(BackupKind.INCREMENTAL, newer.id(), older.id()), context(p -> {}));
            point = json.treeToValue(result, PointInfo.class);
        }
        assertThat(point.kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(point.base()).isEqualTo(older.id());
        assertThat(restored(point.id())).isEqualTo(Qemu.content(image));
    }

    @Test
    void aBusyVmIsWaitedFor() throws Exception {
        var tries = new AtomicInteger();
        services.onOpenView = request -> {
            if (tries.incrementAndGet() < 3) {
                throw new ApiException(ErrorCode.VM_BUSY, "Another view is open.");
            }
            return view(request, null, null);
        };
        try (var _ = Qemu.serve(image, socket, List.of())) {
            backUp.run(job(BackupKind.FULL), context(p -> {}));
        }
        assertThat(services.opened).hasSize(3);
    }

    @Test
    void aSnapshotServiceThatRestartsIsWaitedFor() throws Exception {
        var tries = new AtomicInteger();
        services.onOpenView = request -> {
            if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("Connection refused");
            }
            return view(request, null, null);
        };
        try (var _ = Qemu.serve(image, socket, List.of())) {
            backUp.run(job(BackupKind.FULL), context(p -> {}));
        }
        assertThat(services.opened).hasSize(3);
    }

    @Test
    void anInterruptThatTheRestClientTookForABrokenConnectionEndsTheAttempt() {
        services.onOpenView = request -> {
            throw new ProcessingException("broken", new ExecutionException(new InterruptedException()));
        };
        assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), context(p -> {})))
                .isInstanceOf(InterruptedException.class);
        assertThat(services.opened).hasSize(1);
    }

    @Test
    void aStoppedAttemptDoesNotAskForItsViewAgain() {
        services.onOpenView = request -> {
            stopped = true;
            throw new ProcessingException("Connection reset");
        };
        assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), context(p -> {})))
                .isInstanceOf(InterruptedException.class);
        assertThat(services.opened).hasSize(1);
    }

    @Test
    void anAttemptThatIsStoppedAfterTheLastReadCommitsNothing() throws Exception {
        services.onOpenView = request -> view(request, null, null);
        try (var _ = Qemu.serve(image, socket, List.of())) {
            JobContext late = context(p -> stopped = p.phase().equals("commit"));
            assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), late)).isInstanceOf(InterruptedException.class);
        }
        assertThat(points()).isZero();
    }

    @Test
    void aDiskNobodyServesIsAnNbdError() {
        services.onOpenView = request -> view(request, null, null);
        assertThatThrownBy(() -> backUp.run(job(BackupKind.FULL), context(p -> {})))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NBD_ERROR));
    }
}
