package io.holdfast.snapshot.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.ViewPlan;
import io.holdfast.snapshot.domain.Volume;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A reservation that does not end, as on storage without fallocate. Against libvirt's own test driver. */
class PoolGateTest {

    private static final String POOL = "default-pool";
    private static final long RESERVED = 1 << 20;
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private final LibvirtConnection connection = new LibvirtConnection("test", "test:///default", null);
    private final CountDownLatch end = new CountDownLatch(1);
    private CompletableFuture<Boolean> reservation;

    @BeforeEach
    void aReservationThatDoesNotEnd() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        reservation = CompletableFuture.supplyAsync(() -> connection.call(
                "reserve",
                Duration.ofMinutes(1),
                c -> PoolGate.making(c.storagePoolLookupByName(POOL), RESERVED, () -> {
                    begun.countDown();
                    return awaited();
                })));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private boolean awaited() {
        try {
            return end.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void close() {
        end.countDown();
        reservation.join();
        connection.close();
    }

    private static ViewPlan plan(UUID moment) {
        var scratch = new Volume(POOL, Marks.scratch(moment, "vda"), "/default-pool/x", RESERVED);
        var disk = new ViewPlan.Disk("vda", RESERVED, "qcow2", "/x", true, "x", scratch, null, null, null);
        return new ViewPlan(ViewPlan.Mode.AS_IS, "vm", null, "/s", 0, List.of(disk), false);
    }

    @Test
    void anotherViewIsLookedAtMeanwhile() {
        ViewPlan other = plan(UUID.randomUUID());
        assertThat(connection.<Integer>call("look", AT_ONCE, c -> Scratch.count(c, other)))
                .isZero();
        assertThat(connection.<Boolean>call("look", AT_ONCE, c -> Scratch.complete(c, other)))
                .isFalse();
    }

    @Test
    void roomIsCountedWithoutWhatIsBeingReserved() {
        long during = connection.<Long>call("count", AT_ONCE, c -> Volumes.available(c.storagePoolLookupByName(POOL)));
        end.countDown();
        reservation.join();
        long after = connection.<Long>call("count", AT_ONCE, c -> Volumes.available(c.storagePoolLookupByName(POOL)));
        assertThat(during).isEqualTo(after - RESERVED);
    }
}
