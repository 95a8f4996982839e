package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.restore.app.ExportNames;
import io.holdfast.restore.app.Restore;
import io.holdfast.storage.MonotonicClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is restored, and what keeps it from being: damage, pulls that break, services that are away. */
class RestoreTest extends RestoreSuite {

    private void damagePacks() throws IOException {
        try (var files = Files.walk(folder.resolve("v"))) {
            for (Path pack : files.filter(
                            f -> Files.isRegularFile(f) && f.toString().contains("pack"))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(pack);
                bytes[bytes.length / 3] ^= 1;
                Files.delete(pack);
                Files.write(pack, bytes);
            }
        }
    }

    private void removePacks() throws IOException {
        try (var files = Files.walk(folder.resolve("v"))) {
            for (Path pack : files.filter(
                            f -> Files.isRegularFile(f) && f.toString().contains("pack"))
                    .toList()) {
                Files.delete(pack);
            }
        }
    }

    @Test
    void everyDiskIsPulledByteForByteAndTheTargetFinished() throws Exception {
        var result = restore.run(job(List.of()), context);
        for (var disk : disks.entrySet()) {
            byte[] pulled = Files.readAllBytes(folder.resolve(disk.getKey() + ".out"));
            assertThat(pulled).as(disk.getKey()).isEqualTo(disk.getValue());
        }
        assertThat(services.opened.getFirst().originalSource()).isEqualTo(MadePoint.SOURCE);
        assertThat(result.path("vmId").asText()).isEqualTo("id-2");
        assertThat(result.path("vmName").asText()).isEqualTo("web2");
        assertThat(result.path("bytes").asLong()).isEqualTo((12L << 20) + 512);
        assertThat(services.finished).singleElement().matches(f -> f.start() && f.fencing() == 3);
        assertThat(services.aborted).isEmpty();
        var wanted = services.opened.getFirst().disks();
        assertThat(wanted).extracting(d -> d.key()).containsExactly("vda", "vdb");
        assertThat(wanted.getFirst().dataBytes()).isBetween(7L << 20, 9L << 20);
    }

    @Test
    void onlyTheChosenDiskIsRestored() throws Exception {
        restore.run(job(List.of("vdb")), context);
        assertThat(services.opened.getFirst().disks()).extracting(d -> d.key()).containsExactly("vdb");
        assertThat(folder.resolve("vda.out")).doesNotExist();
    }

    @Test
    void aDiskThatThePointHasNotIsRefusedBeforeAnythingIsTouched() {
        assertThatThrownBy(() -> restore.run(job(List.of("vdz")), context))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_NOT_FOUND));
        assertThat(services.opened).isEmpty();
    }

    @Test
    void aMissingPackIsNamedBeforeAnythingIsTouched() throws Exception {
        removePacks();
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.POINT_DAMAGED);
            assertThat(e.detail()).contains("pack");
        });
        assertThat(services.opened).isEmpty();
    }

    @Test
    void aBlockThatDoesNotAuthenticateFailsTheJobAndNeverFinishes() throws Exception {
        damagePacks();
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.POINT_DAMAGED);
            assertThat(e.detail()).containsIgnoringCase("disk vd").containsIgnoringCase("bytes");
        });
        assertThat(services.finished).isEmpty();
        assertThat(services.aborted).hasSize(1);
        assertThat(ledger.damagedReads()).isPositive();
    }

    @Test
    void aHypervisorThatHidesTheErrorIsNotBelieved() throws Exception {
        damagePacks();
        services.onFill = fill -> {
            pull(fill);
            services.onTarget = () -> target(State.FILLED, null);
            return target(State.FILLED, null);
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POINT_DAMAGED));
        assertThat(services.finished).isEmpty();
    }

    @Test
    void aPullThatBrokeIsBegunAnew() throws Exception {
        var tries = new AtomicInteger();
        services.onFill = fill -> tries.incrementAndGet() < 3 ? target(State.FAILED, "broken pipe") : pull(fill);
        restore.run(job(List.of()), context);
        assertThat(tries).hasValue(3);
        assertThat(services.finished).hasSize(1);
    }

    @Test
    void aPoolThatRanFullIsNamedAtOnce() {
        var tries = new AtomicInteger();
        services.onFill = fill -> {
            tries.incrementAndGet();
            return failed(ErrorCode.NO_SPACE, "The storage pool tight ran full.");
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE);
            assertThat(e.detail()).contains("tight ran full");
        });
        assertThat(tries).hasValue(1);
        assertThat(services.aborted).hasSize(1);
    }

    @Test
    void aPullThatBreaksForMoreThanAMinuteIsBegunAnewAndItsTargetRenewedMeanwhile() throws Exception {
        var nanos = new AtomicLong();
        MonotonicClock fast = new MonotonicClock() {
            @Override
            public void pause(Duration duration) {
                nanos.addAndGet(duration.toNanos());
            }

            @Override
            public long nanos() {
                return nanos.get();
            }
        };
        var names = new ExportNames(seal, server, InstantSource.system(), Duration.ofHours(1));
        var patient =
                new Restore(services.as(SnapshotServiceApi.class), vaults, names, ledger, fast, Duration.ofMinutes(10));
        var renewed = new AtomicInteger();
        services.onTarget = () -> target(State.FAILED, "renewal " + renewed.incrementAndGet());
        services.onFill = fill ->
                nanos.get() < Duration.ofSeconds(70).toNanos() ? target(State.FAILED, "broken pipe") : pull(fill);
        patient.run(job(List.of()), context);
        assertThat(renewed).hasValueGreaterThanOrEqualTo(5);
        assertThat(services.finished).hasSize(1);
    }

    @Test
    void aSnapshotServiceThatRestartsAtEveryRequestIsWaitedFor() throws Exception {
        var calls = new AtomicInteger();
        services.onOpenTarget = request -> unless(calls, target(State.PREPARED, null));
        services.onFill = fill -> unless(calls, pull(fill));
        services.onFinish = () -> unless(calls, target(State.FINISHED, null));
        restore.run(job(List.of()), context);
        assertThat(services.opened).hasSize(2);
        assertThat(services.finished).hasSize(2);
    }

    /** Every other call is not answered. */
    private static TargetInfo unless(AtomicInteger calls, TargetInfo answer) {
        if (calls.getAndIncrement() % 2 == 0) {
            throw new IllegalStateException("Connection refused");
        }
        return answer;
    }

    @Test
    void vaultsAreSharedBoundedAndClosedWhenIdle() {
        try (var first = vaults.acquire(vaultId);
                var same = vaults.acquire(vaultId)) {
            assertThat(same.vault()).isSameAs(first.vault());
            try (var second = vaults.acquire(UUID.randomUUID())) {
                assertThat(second.vault()).isNotSameAs(first.vault());
                assertThatThrownBy(() -> vaults.acquire(UUID.randomUUID()))
                        .isInstanceOfSatisfying(
                                ApiException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
            }
            vaults.closeIdle(Duration.ZERO);
            assertThat(vaults.size()).isEqualTo(1);
        }
        vaults.closeIdle(Duration.ZERO);
        assertThat(vaults.size()).isZero();
    }
}
