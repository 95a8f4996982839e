package io.holdfast.snapshot.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.ViewPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NbdPortsTest {

    private static final int FIRST = 20_000;
    private static final int AT_ONCE = 4;

    private final List<View> rows = new CopyOnWriteArrayList<>();
    private final NbdPorts ports = new NbdPorts(() -> rows, FIRST);

    private static Source source(String nbd) {
        return new Source(
                UUID.randomUUID(),
                "lab",
                "test:///",
                "libvirt",
                null,
                null,
                nbd,
                "ok",
                null,
                Instant.EPOCH,
                null,
                false);
    }

    private static View view(Source source, int port) {
        UUID id = UUID.randomUUID();
        var plan = new ViewPlan(ViewPlan.Mode.AS_IS, "vm", null, "", port, List.of(), false);
        return new View(
                id,
                id,
                1,
                source.id(),
                source.name(),
                "vm",
                "web",
                id,
                id,
                BackupKind.FULL,
                List.of(),
                View.Phase.OPENING,
                plan,
                "running",
                "<domain/>",
                List.of(),
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                false,
                false,
                View.NOT_STARTED,
                null);
    }

    @Test
    void viewsThatAreOpenedTogetherGetAPortEachAndKeepItByTheirRows() throws Exception {
        Source source = source("tls");
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);
        Callable<Integer> opening = () -> ports.with(source, port -> {
            // Each has chosen before any has written its row.
            meet(together);
            rows.add(view(source, port));
            return port;
        });
        Set<Integer> chosen = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                all.add(threads.submit(opening));
            }
            for (Future<Integer> one : all) {
                chosen.add(one.get(30, TimeUnit.SECONDS));
            }
        }
        assertThat(chosen).hasSize(AT_ONCE);
        assertThat(ports.<Integer>with(source, port -> port)).isEqualTo(FIRST + AT_ONCE);
        rows.clear();
        assertThat(ports.<Integer>with(source, port -> port)).isEqualTo(FIRST);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            int place = barrier.await(30, TimeUnit.SECONDS);
            assertThat(place).isLessThan(AT_ONCE);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sourcesDoNotShareTheirPortsAndUnixSocketsNeedNone() {
        Source one = source("tls");
        Source other = source("tls");
        assertThat(ports.<Integer>with(one, port -> ports.with(other, same -> same - port)))
                .isZero();
        assertThat(ports.<Integer>with(source("unix"), port -> port)).isZero();
    }
}
