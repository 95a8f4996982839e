package io.holdfast.local.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.api.BackupKind;
import io.holdfast.api.job.JobInfo;
import io.holdfast.api.job.JobState;
import io.holdfast.api.job.Requests;
import io.holdfast.api.point.PointInfo;
import io.holdfast.api.snapshot.SnapshotRequest;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.vault.VaultAdded;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.progress.ProgressView;
import io.holdfast.local.guest.Console;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.storage.Credentials;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/**
 * The story: protect a running guest, lose it, bring it back from every restore point, and let the guest itself say whether
 * each byte is right. Everything goes through the catalog's REST, as for any other user.
 */
final class Demo {

    private static final String SOURCE = "demo";
    private static final String VAULT = "demo";
    private static final String SNAPSHOT = "before-the-change";
    private static final Duration JOB_LIMIT = Duration.ofMinutes(10);
    private static final int STEPS_BETWEEN = 15;

    private final CatalogClient catalog;
    private final DemoGround ground;
    private final ProgressView progress;
    private final InstantSource clock;
    private final List<Taken> taken = new ArrayList<>();

    Demo(CatalogClient catalog, DemoGround ground, ProgressView progress, InstantSource clock) {
        this.catalog = catalog;
        this.ground = ground;
        this.progress = progress;
        this.clock = clock;
    }

    /** A restore point, and between which commits of the guest its moment lies. */
    private record Taken(PointInfo point, int low, int high) {}

    void run(SuiteFile suite, DemoResult.Findings findings)
            throws IOException, InterruptedException, TimeoutException, DemoFailedException {
        say("making and booting a small guest with two disks");
        DemoGuest guest = DemoGuest.booted(ground);
        prepare(suite);

        guest.write(STEPS_BETWEEN);
        backup(guest, BackupKind.FULL);
        guest.write(STEPS_BETWEEN);
        backup(guest, BackupKind.INCREMENTAL);
        snapshot();
        guest.write(STEPS_BETWEEN);
        backup(guest, BackupKind.INCREMENTAL);
        consolidate();
        guest.write(STEPS_BETWEEN);
        backup(guest, BackupKind.INCREMENTAL);
        if (!guest.hasDeletedAndTrimmed(taken.getLast().low())) {
            throw new DemoFailedException("the guest had deleted and trimmed nothing before the last backup");
        }

        findings.restoredInPlace(restoreInPlace(guest));
        say("destroying the guest, its definition and its disks");
        guest.destroy();
        for (int i = 0; i < taken.size(); i++) {
            findings.add(restoreAsNew(guest, taken.get(i), "restored-" + (i + 1)));
        }
    }

    private void say(String line) {
        progress.say("  " + line);
    }

    private void prepare(SuiteFile suite) throws IOException, InterruptedException, DemoFailedException {
        Credentials keys = Credentials.read(Path.of(suite.objectsCredentialsFile()));
        catalog.addSource(new SourceSpec(SOURCE, ground.libvirt().uri(), null, null, "unix"));
        VaultAdded added = catalog.addVault(new VaultSpec(
                VAULT,
                "s3+" + suite.objects() + "/" + suite.bucket() + "/vault",
                keys.accessKey(),
                keys.secretKey(),
                null));
        finish("vault", added.job());
    }

    private void backup(DemoGuest guest, BackupKind kind)
            throws IOException, InterruptedException, DemoFailedException {
        int low = guest.committed();
        JobInfo job = finish(
                "backup " + (taken.size() + 1),
                catalog.backup(new Requests.Backup(SOURCE + "/" + DemoGuest.NAME, VAULT, kind, null)));
        // The step under way may be durable before it is reported: one more than the console says.
        int high = guest.committed() + 1;
        JsonNode result = job.result();
        if (result == null) {
            throw new DemoFailedException("a backup ended without naming its restore point");
        }
        PointInfo point = catalog.point(UUID.fromString(result.path("id").asText()));
        if (kind != point.kind()) {
            throw new DemoFailedException(
                    "asked for " + kind + ", the point is " + point.kind() + ": " + point.disks());
        }
        taken.add(new Taken(point, low, high));
    }

    private void snapshot() throws InterruptedException, DemoFailedException {
        String vm = SOURCE + "/" + DemoGuest.NAME;
        finish(
                "snapshot",
                catalog.createSnapshot(new SnapshotRequest(vm, SNAPSHOT, "taken by the demo", false, false)));
        if (catalog.snapshots(vm).stream().noneMatch(s -> s.name().equals(SNAPSHOT))) {
            throw new DemoFailedException("the snapshot is not listed");
        }
    }

    private void consolidate() throws InterruptedException, DemoFailedException {
        String vm = SOURCE + "/" + DemoGuest.NAME;
        finish("consolidate", catalog.deleteSnapshot(SOURCE, catalog.vm(vm).id(), SNAPSHOT));
        if (!catalog.snapshots(vm).isEmpty()) {
            throw new DemoFailedException("the snapshot is still listed after it was deleted");
        }
    }

    private boolean restoreInPlace(DemoGuest guest)
            throws IOException, InterruptedException, TimeoutException, DemoFailedException {
        say("pulling the plug and writing garbage over the guest's disks");
        guest.kill();
        guest.damageDisks();
        Taken last = taken.getLast();
        finish(
                "restore in place",
                catalog.restore(new Requests.Restore(last.point().id(), null, null, true, null, null, null, false)));
        return verified(guest, DemoGuest.NAME, last);
    }

    private DemoResult.Point restoreAsNew(DemoGuest guest, Taken from, String name)
            throws IOException, InterruptedException, TimeoutException, DemoFailedException {
        PointInfo point = from.point();
        finish(
                "restore " + name,
                catalog.restore(
                        new Requests.Restore(point.id(), null, name, false, DemoGuest.POOL, null, null, false)));
        boolean verified = verified(guest, name, from);
        guest.discard(name);
        return new DemoResult.Point(
                point.kind(),
                point.consistency(),
                point.virtualBytes(),
                point.readBytes(),
                point.storedBytes(),
                point.seconds(),
                verified);
    }

    private boolean verified(DemoGuest guest, String machine, Taken from)
            throws IOException, InterruptedException, TimeoutException {
        Console.Verified verdict = guest.verify(machine);
        boolean inWindow = verdict.last() >= from.low() && verdict.last() <= from.high();
        say(machine + " checked " + verdict.files() + " files on two disks: all as committed at step " + verdict.last()
                + (inWindow ? "" : ", which is not between " + from.low() + " and " + from.high()));
        return inWindow;
    }

    /** Follows a job to its end; anything but success ends the demo. */
    private JobInfo finish(String label, JobInfo started) throws InterruptedException, DemoFailedException {
        JobInfo end =
                catalog.watch(started.id(), clock.instant().plus(JOB_LIMIT), seen -> progress.update(label, seen));
        if (end.state() != JobState.SUCCEEDED) {
            throw new DemoFailedException(label + " is " + end.state() + ": " + end.error() + " (" + end.errorCode()
                    + ", job " + end.id() + ")");
        }
        return end;
    }
}
