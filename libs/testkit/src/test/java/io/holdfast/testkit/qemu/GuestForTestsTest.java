package io.holdfast.testkit.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.local.guest.Guest;
import io.holdfast.local.guest.GuestDisk;
import io.holdfast.local.guest.OsProcess;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuestForTestsTest {
    @RegisterExtension
    static final OwnLibvirtForTests LIBVIRT = new OwnLibvirtForTests();

    @Test
    @Order(1)
    void aGuestStillWritesAfterItsLibvirtDaemonWasKilledAndStartedAgain() throws Exception {
        Guest guest = new GuestForTests(LIBVIRT).boot("g1", GuestDisk.Format.QCOW2, GuestDisk.Format.RAW);

        assertThat(LIBVIRT.libvirt().processes()).hasSize(2);
        OsProcess daemon = LIBVIRT.libvirt().daemon().orElseThrow();
        daemon.kill();
        assertThat(daemon.awaitEnd(GuestForTests.PATIENCE)).isTrue();
        LIBVIRT.libvirt().start();

        assertThat(LIBVIRT.virsh().running()).containsExactly("g1");
        assertThat(guest.console().awaitMore(3, GuestForTests.PATIENCE)).isGreaterThanOrEqualTo(3);
        guest.kill();
        assertThat(new GuestForTests(LIBVIRT).verify("g1").files()).isPositive();
        LIBVIRT.virsh().start("g1"); // left running on purpose: the next test looks
    }

    @Test
    @Order(2)
    void theTestBeforeLeftNoDomain() throws Exception {
        assertThat(LIBVIRT.virsh().domains()).isEmpty();
        assertThat(LIBVIRT.libvirt().processes()).hasSize(1);
    }
}
