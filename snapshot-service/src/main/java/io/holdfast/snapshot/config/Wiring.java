package io.holdfast.snapshot.config;

import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.LeftoverReport;
import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Puller;
import io.holdfast.snapshot.app.Reaper;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.app.SnapshotWork;
import io.holdfast.snapshot.app.SourceCheck;
import io.holdfast.snapshot.app.SourceDirectory;
import io.holdfast.snapshot.app.TargetDesk;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.app.TargetOperations;
import io.holdfast.snapshot.app.ViewDesk;
import io.holdfast.snapshot.app.ViewOperations;
import io.holdfast.snapshot.app.VmListing;
import io.holdfast.snapshot.app.VmLocks;
import io.holdfast.snapshot.libvirt.LibvirtDrivers;
import io.holdfast.snapshot.nbd.FirstBlock;
import io.holdfast.snapshot.work.JobHandlers;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The one place where parts meet. */
public class Wiring {

    @Produces
    @Singleton
    InstantSource clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Pause pause() {
        return time -> {
            boolean never = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
            assert !never;
        };
    }

    @Produces
    @Singleton
    Settings settings(ViewsConfig views, NbdConfig nbd, HoldfastConfig config) {
        return new Settings(
                views.ttl(),
                views.ttl(),
                Math.max(1, config.keepCheckpoints()),
                nbd.directory(),
                nbd.tlsHost(),
                nbd.firstPort());
    }

    @Produces
    @Singleton
    VmLocks locks(HoldfastConfig config) {
        return new VmLocks(config.lockPatience());
    }

    @Produces
    @Singleton
    Drivers drivers(Settings settings, Pause pause, InstantSource clock) {
        return new LibvirtDrivers(settings, pause, clock);
    }

    @Produces
    @Singleton
    TargetEnd.Tables tables(
            Rows.Sources sources,
            Rows.Targets targets,
            Rows.Views views,
            Rows.Checkpoints checkpoints,
            Rows.SnapshotRows snapshots) {
        return new TargetEnd.Tables(sources, targets, views, checkpoints, snapshots);
    }

    @Produces
    @Singleton
    SourceDirectory directory(TargetEnd.Tables t, Drivers drivers, InstantSource clock) {
        return new SourceDirectory(t.sources(), t.views(), t.targets(), t.checkpoints(), t.snapshots(), drivers, clock);
    }

    @Produces
    @Singleton
    VmListing listing(SourceDirectory directory, TargetEnd.Tables t) {
        return new VmListing(directory, t.sources(), t.snapshots());
    }

    @Produces
    @Singleton
    ViewOperations viewOperations(TargetEnd.Tables t, Drivers drivers, InstantSource clock) {
        return new ViewOperations(t.sources(), t.views(), t.checkpoints(), drivers, clock);
    }

    @Produces
    @Singleton
    ViewDesk viewDesk(
            SourceDirectory directory,
            TargetEnd.Tables t,
            ViewOperations operations,
            Drivers drivers,
            VmLocks locks,
            Settings settings,
            InstantSource clock) {
        return new ViewDesk(directory, t.views(), operations, drivers, locks, settings, clock);
    }

    @Produces
    @Singleton
    TargetOperations targetOperations(TargetEnd.Tables t, Drivers drivers) {
        return new TargetOperations(t, drivers);
    }

    @Produces
    @Singleton
    Puller puller(TargetEnd.Tables t, TargetOperations operations, Pause pause) {
        return new Puller(t.targets(), operations, pause);
    }

    @Produces
    @Singleton
    TargetDesk targetDesk(
            SourceDirectory directory,
            TargetEnd.Tables t,
            TargetOperations operations,
            Puller puller,
            VmLocks locks,
            Settings settings,
            InstantSource clock) {
        return new TargetDesk(directory, t, operations, puller, locks, settings, clock);
    }

    @Produces
    @Singleton
    TargetEnd targetEnd(
            TargetEnd.Tables t, TargetOperations operations, Puller puller, VmLocks locks, InstantSource clock) {
        return new TargetEnd(t, operations, puller, locks, clock);
    }

    @Produces
    @Singleton
    SnapshotWork snapshotWork(SourceDirectory directory, TargetEnd.Tables t, VmLocks locks, InstantSource clock) {
        return new SnapshotWork(directory, t.snapshots(), t.views(), locks, clock);
    }

    @Produces
    @Singleton
    LeftoverReport leftovers(TargetEnd.Tables t, Drivers drivers) {
        return new LeftoverReport(t, drivers);
    }

    @Produces
    @Singleton
    Reaper.Hands hands(ViewOperations views, TargetEnd targets, Puller puller, SnapshotWork snapshots) {
        return new Reaper.Hands(views, targets, puller, snapshots);
    }

    @Produces
    @Singleton
    Reaper reaper(TargetEnd.Tables t, Reaper.Hands hands, Drivers drivers, VmLocks locks, InstantSource clock) {
        return new Reaper(t, hands, drivers, locks, clock);
    }

    @Produces
    @Singleton
    SourceCheck sourceCheck(SourceDirectory directory, Settings settings, InstantSource clock) {
        return new SourceCheck(directory, new FirstBlock(), settings, clock);
    }

    @Produces
    @Singleton
    JobHandlers handlers(SnapshotWork snapshots, SourceCheck check) {
        return new JobHandlers(snapshots, check);
    }
}
