package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.holdfast.api.BackupKind;
import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.view.OpenView;
import io.holdfast.api.view.ViewInfo;
import io.holdfast.local.guest.Console;
import io.holdfast.local.guest.Guest;
import io.holdfast.local.guest.GuestDisk;
import io.holdfast.local.guest.GuestImage;
import io.holdfast.local.guest.GuestXml;
import io.holdfast.local.guest.Virsh;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.FrozenViews;
import io.holdfast.snapshot.app.Rescues;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.ScratchWatch;
import io.holdfast.snapshot.config.EarlyWatch;
import io.holdfast.snapshot.domain.View;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.ConfigProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real guest that overwrites more than its scratch limit. The pool has no room beyond the limit, so that QEMU stops the
 * guest: what it must never see is a failed write, and what it must never do is stand still.
 */
@QuarkusTest
class ScratchLimitTest extends Suite {

    private static final long LIMIT = 6 * MIB;
    /** More than the limit, less than what the watch lets pass before it ends a view by itself. */
    private static final long POOL = LIMIT + MIB / 2;

    private static final String SOURCE_NAME = "tight";
    private static final String GUEST = "overwriter";
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** What is asked for. */
    private static final Duration STANDSTILL = Duration.ofSeconds(5);

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final Duration SHORT_PERIOD = Duration.ofMillis(100);

    private static OwnLibvirt tight;
    private static Console console;

    @Inject
    Drivers drivers;

    @Inject
    Rows.Sources sources;

    private final UUID job = UUID.randomUUID();
    private final UUID point = UUID.randomUUID();

    @BeforeAll
    static void aGuestThatOverwrites() throws Exception {
        tight = OwnLibvirt.create(POOL);
        Path home = Files.createDirectories(tight.home.resolve("guest"));
        GuestDisk vda = disk(home.resolve("vda.qcow2"), GuestDisk.FIRST_BYTES, GuestDisk.FIRST_BYTES);
        GuestDisk vdb = disk(home.resolve("vdb.qcow2"), GuestDisk.SECOND_BYTES, 64 * MIB);
        console = new Console(home.resolve("console"));
        GuestXml xml = new GuestXml(GUEST, GuestImage.build(home), vda, vdb, home.resolve("console"), false);
        new Virsh(tight.uri()).define(xml.text());
        tight.virsh("start", GUEST);
        console.awaitReady(PATIENCE);
    }

    /** Free space full of old data: only then is there something to be kept when the guest overwrites it. */
    private static GuestDisk disk(Path file, long bytes, long fileSystem) throws IOException {
        Path raw = file.resolveSibling(file.getFileName() + ".raw");
        byte[] old = new byte[4096];
        Random random = new Random(bytes);
        try (OutputStream out = Files.newOutputStream(raw)) {
            for (long at = 0; at < bytes; at += old.length) {
                if (at < fileSystem) {
                    random.nextBytes(old);
                } else {
                    // Behind its file system the guest stamps its last number and expects nothing else.
                    Arrays.fill(old, (byte) 0);
                }
                out.write(old);
            }
        }
        String blocks = Long.toString(fileSystem / 4096);
        Shell.run("/usr/sbin/mkfs.ext4", "-q", "-F", "-E", "nodiscard", "-b", "4096", raw.toString(), blocks);
        Shell.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), file.toString());
        Files.delete(raw);
        return new GuestDisk(file, GuestDisk.Format.QCOW2);
    }

    /** Whatever was done to it: no write of the guest was lost or failed. */
    @AfterAll
    static void theGuestVerifies() throws Exception {
        try (OwnLibvirt ending = tight) {
            ending.virsh("destroy", GUEST);
            Console.Verified verified =
                    Guest.verify(new Virsh(ending.uri()), GUEST, ending.home.resolve("verify"), PATIENCE);
            assertThat(verified.files()).isPositive();
        }
    }

    @BeforeEach
    void aSourceWithALimit() {
        api.addSource(new SourceSpec(SOURCE_NAME, tight.uri(), "tight", LIMIT, null));
    }

    @AfterEach
    void theSourceGoesAgain() {
        views.unclosed().forEach(v -> abandon(v.job()));
        assertThat(api.leftovers()).isEmpty();
        assertThat(api.removeSource(SOURCE_NAME, false).left()).isEmpty();
    }

    private ViewInfo open() {
        return open(1);
    }

    private ViewInfo open(long fencing) {
        String id = tight.virsh("domuuid", GUEST).strip();
        return api.openView(new OpenView(job, fencing, SOURCE_NAME, id, vault, point, BackupKind.FULL, List.of()));
    }

    private static boolean standsStill() {
        // "running (unpaused)" is what it says of a guest that goes on again.
        return tight.virsh("domstate", "--reason", GUEST).strip().startsWith("paused");
    }

    private static boolean runs() {
        return tight.virsh("domstate", GUEST).contains("running");
    }

    private static void standingStill() {
        await().atMost(PATIENCE).until(ScratchLimitTest::standsStill);
        assertThat(tight.virsh("domstate", "--reason", GUEST)).contains("I/O error");
    }

    /** Whoever asks for the view hears it, and so does a later attempt of the job. */
    private void isFull() {
        isFull(catchThrowable(() -> api.renewView(job, new RenewLease(1))));
        isFull(catchThrowable(() -> open(2)));
    }

    private static void isFull(Throwable said) {
        assertThat(said).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SCRATCH_FULL);
            assertThat(e.detail()).startsWith("The scratch limit was reached").containsPattern(" 62914\\d\\d bytes ");
        });
    }

    /** Watches until {@code over} and answers the longest time the guest was seen standing still. */
    private static Duration longestStandstill(java.util.concurrent.Callable<Boolean> over) {
        var longest = new java.util.concurrent.atomic.AtomicLong();
        var since = new java.util.concurrent.atomic.AtomicLong();
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    long now = System.nanoTime();
                    if (standsStill()) {
                        since.compareAndSet(0, now);
                        longest.accumulateAndGet(System.nanoTime() - since.get(), Math::max);
                        return false;
                    }
                    since.set(0);
                    return over.call();
                });
        return Duration.ofNanos(longest.get());
    }

    private boolean ended(UUID moment) {
        return views.newest(job)
                .filter(v -> v.moment().equals(moment) && v.scratchFull() && v.resumed())
                .isPresent();
    }

    @Test
    void aGuestThatFillsItsScratchStandsStillForLessThanFiveSeconds() throws Exception {
        ScratchWatch watch = new ScratchWatch(sources::all, views, drivers, new Rescues());
        watch.start(PERIOD);
        try {
            ViewInfo view = open();
            Duration longest = longestStandstill(() -> ended(view.moment()));
            assertThat(longest).isLessThan(STANDSTILL);
            assertThat(watch.ended()).isEqualTo(1);
        } finally {
            watch.stop();
        }
        isFull();
        console.awaitMore(3, PATIENCE);
    }

    @Test
    void theEarlyWatchAndTheUsualOneDoNotBothEndAView() throws Exception {
        ViewInfo view = open();
        standingStill();
        AtomicInteger looks = new AtomicInteger();
        AtomicInteger aborts = new AtomicInteger();
        Rows.Guarded counted = Between.before(Rows.Guarded.class, views, method -> {
            if (method.getName().equals("unclosed")) {
                looks.incrementAndGet();
            }
        });
        UnaryOperator<FrozenViews> slowly = real -> Between.before(FrozenViews.class, real, method -> {
            if (method.getName().equals("abortJob")) {
                aborts.incrementAndGet();
                int before = looks.get();
                // Both have looked again, and found the guest standing still.
                await().atMost(PATIENCE).until(() -> looks.get() >= before + 4);
            }
        });
        Drivers slow = new OtherDrivers(drivers, UnaryOperator.identity(), slowly);
        Rescues shared = new Rescues();
        ScratchWatch early = new ScratchWatch(sources::all, counted, slow, shared);
        ScratchWatch usual = new ScratchWatch(sources::all, counted, slow, shared);
        early.start(SHORT_PERIOD);
        usual.start(SHORT_PERIOD);
        try {
            await().atMost(PATIENCE).until(() -> ended(view.moment()));
            assertThat(aborts).hasValue(1);
        } finally {
            early.stop();
            usual.stop();
        }
        console.awaitMore(3, PATIENCE);
    }

    @Test
    void aGuestThatStoodStillWhileNobodyWatchedGoesOnAsSoonAsSomebodyDoes() throws Exception {
        ViewInfo view = open();
        standingStill();
        ScratchWatch fresh = new ScratchWatch(sources::all, views, drivers, new Rescues());
        fresh.start(PERIOD);
        try {
            await().atMost(STANDSTILL).pollInterval(Duration.ofMillis(100)).until(ScratchLimitTest::runs);
            await().atMost(PATIENCE).until(() -> ended(view.moment()));
        } finally {
            fresh.stop();
        }
        isFull();
        console.awaitMore(3, PATIENCE);
    }

    @Test
    void aWatchThatDiedBetweenEndingTheJobAndLettingTheGuestGoOnIsFollowedUp() throws Exception {
        ViewInfo view = open();
        standingStill();
        views.change(view.moment(), View::full);
        tight.virsh("domjobabort", GUEST);
        assertThat(standsStill()).isTrue();
        ScratchWatch fresh = new ScratchWatch(sources::all, views, drivers, new Rescues());
        fresh.start(PERIOD);
        try {
            await().atMost(STANDSTILL).pollInterval(Duration.ofMillis(100)).until(ScratchLimitTest::runs);
        } finally {
            fresh.stop();
        }
        isFull();
        console.awaitMore(3, PATIENCE);
    }

    @Test
    void theFirstThingThatAProcessDoesIsToLetTheGuestGoOn() throws Exception {
        ViewInfo view = open();
        standingStill();
        EarlyWatch early = new EarlyWatch();
        // All that it knows: nothing of the running service.
        early.begin(environment());
        try {
            await().atMost(STANDSTILL).pollInterval(Duration.ofMillis(100)).until(ScratchLimitTest::runs);
            await().atMost(PATIENCE).until(() -> ended(view.moment()));
            assertThat(early.rescues().ended()).isEqualTo(1);
        } finally {
            early.end();
        }
        isFull();
        console.awaitMore(3, PATIENCE);
    }

    private static Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        for (String name : List.of(
                "quarkus.datasource.jdbc.url",
                "quarkus.datasource.username",
                "quarkus.datasource.password",
                "holdfast.seal-key-file")) {
            environment.put(
                    name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_"),
                    ConfigProvider.getConfig().getValue(name, String.class));
        }
        return environment;
    }

    @Test
    void closingAViewLetsItsGuestGoOn() throws Exception {
        open();
        standingStill();
        abandon(job);
        assertThat(runs()).isTrue();
        console.awaitMore(3, PATIENCE);
    }

    @Test
    void aDiskThatReportsErrorsToItsGuestHasItsScratchReservedInFull() {
        String small = reporting("reports-small", 2 * MIB);
        ViewInfo view = api.openView(
                new OpenView(job, 1, SOURCE_NAME, small, vault, UUID.randomUUID(), BackupKind.FULL, List.of()));
        assertThat(view.notes()).anyMatch(n -> n.contains("scratch limit does not apply to disk vda"));
        abandon(job);
        String large = reporting("reports-large", 16 * MIB);
        assertThat(codeOf(() -> api.openView(new OpenView(
                        UUID.randomUUID(),
                        1,
                        SOURCE_NAME,
                        large,
                        vault,
                        UUID.randomUUID(),
                        BackupKind.FULL,
                        List.of()))))
                .isEqualTo(ErrorCode.SCRATCH_NO_SPACE);
    }

    private String reporting(String name, long bytes) {
        TestVm vm = new TestVm(tight, name, new TestVm.Disk("vda", "qcow2", bytes));
        vms.add(vm);
        Path xml = tight.home.resolve(name + "-report.xml");
        TestFiles.write(
                xml, tight.virsh("dumpxml", name).replace("type='qcow2'", "type='qcow2' error_policy='report'"));
        tight.virsh("define", xml.toString());
        vm.start();
        return vm.id;
    }
}
