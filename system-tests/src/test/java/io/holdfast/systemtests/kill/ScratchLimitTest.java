package io.holdfast.systemtests.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Requests;
import io.holdfast.local.guest.Guest;
import io.holdfast.local.guest.GuestDisk.Format;
import io.holdfast.testkit.proxy.Hold;
import io.holdfast.testkit.proxy.Hold.Side;
import io.holdfast.testkit.qemu.GuestForTests;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A guest that overwrites more than there is scratch for, while a backup reads: the backup fails and says why, the guest
 * stands still for seconds at most and loses nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Isolated("it measures how long a guest stands still")
class ScratchLimitTest {

    private static final long LIMIT = 6L << 20;
    /** Less than what is reserved and the limit lets pass: QEMU itself finds no room, and stops the guest. */
    private static final long POOL = LIMIT + (1L << 19);

    private static final String GUEST = "overwriter";
    /** After so many steps the guest's files and its journal have been written before. */
    private static final int OLD_DATA = 170;

    /**
     * For the longest pause of one run, between two events of the hypervisor: from the one that says that the guest is paused
     * for an I/O error to the one that says that it runs. Where snapshot-service is killed, the restart by its supervisor and
     * all that the new process needs before it can let the guest go on are in it.
     */
    private static final Duration STANDSTILL = Duration.ofSeconds(5);

    private SuiteUnderTest suite;
    private GuestForTests guests;
    private Guest guest;

    @BeforeAll
    void start() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "a small file system has to be mounted");
        suite = SuiteUnderTest.withScratch(POOL, LIMIT);
        guests = new GuestForTests(suite.libvirt());
        guest = guests.boot(GUEST, Format.QCOW2, Format.QCOW2);
        guest.console().awaitCommit(OLD_DATA, SuiteUnderTest.PATIENCE);
    }

    @AfterAll
    void stop() throws IOException {
        if (suite != null) {
            suite.close();
        }
    }

    /** What is done at some point. */
    private interface Moment {
        void comes() throws IOException, InterruptedException;
    }

    @Test
    @Order(1)
    void the_backup_fails_with_its_own_code_and_the_guest_goes_on() throws Exception {
        overflow(() -> {}, () -> {});
    }

    @Test
    @Order(2)
    void also_when_snapshot_service_is_killed_at_that_moment() throws Exception {
        // Stopped before: otherwise it might let the guest go on between the first look and the kill.
        overflow(() -> suite.signal("snapshot-service", "STOP"), () -> suite.kill("snapshot-service"));
    }

    @Test
    @Order(3)
    void the_guest_has_lost_nothing() throws Exception {
        suite.libvirt().virsh().destroy(GUEST);
        assertThat(guests.verify(GUEST).files()).isPositive();
    }

    /** A backup whose guest overwrites too much; what is done while it still runs, and what as soon as it stands still. */
    private void overflow(Moment running, Moment still) throws Exception {
        suite.awaitReady();
        Hold opened = suite.links().proxy(Link.WORKER_SNAPSHOT).hold(Side.REPLY, "POST /api/v1/views HTTP/1.1", 1);
        try (StandstillWatch watch = new StandstillWatch(suite.libvirt().virsh(), GUEST)) {
            JobInfo job = suite.catalog()
                    .backup(new Requests.Backup(
                            SuiteUnderTest.SOURCE + "/" + GUEST, SuiteUnderTest.VAULT, BackupKind.FULL, null));
            assertThat(opened.awaitReached(SuiteUnderTest.PATIENCE)).isTrue();
            // A read that does not come to an end keeps the view open.
            suite.links().interpose(Link.WORKER_NBD, suite.home().nbd());
            Hold read = suite.links().hold(Arrows.viewRead(), Side.REPLY);
            opened.release();
            assertThat(read.awaitReached(SuiteUnderTest.PATIENCE)).isTrue();
            running.comes();
            await("the guest stands still")
                    .atMost(SuiteUnderTest.PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(watch::stoodStill);
            still.comes();
            guest.console().awaitMore(20, SuiteUnderTest.PATIENCE);
            read.cut();
            JobInfo end = await().atMost(SuiteUnderTest.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> suite.catalog().job(job.id()), j -> j.endedAt() != null);
            suite.links().withdraw(Link.WORKER_NBD, false);
            assertThat(end.state()).isEqualTo(JobState.FAILED);
            assertThat(end.errorCode()).as(end.error()).isEqualTo("scratch-full");
            assertThat(watch.longest()).isLessThan(STANDSTILL);
        }
        await("nothing is left")
                .atMost(SuiteUnderTest.PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    assertThat(suite.leftovers()).isEqualTo("[]");
                    assertThat(suite.database().unfinished()).isEmpty();
                });
    }
}
