package io.holdfast.snapshot.config;

import io.holdfast.snapshot.app.CheckpointDesk;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.LeftoverReport;
import io.holdfast.snapshot.app.NbdPorts;
import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Puller;
import io.holdfast.snapshot.app.Reaper;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.app.ScratchWatch;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.app.SnapshotUpkeep;
import io.holdfast.snapshot.app.SnapshotWork;
import io.holdfast.snapshot.app.SourceCheck;
import io.holdfast.snapshot.app.SourceDirectory;
import io.holdfast.snapshot.app.SourceRemoval;
import io.holdfast.snapshot.app.TargetDesk;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.app.TargetOperations;
import io.holdfast.snapshot.app.ViewDesk;
import io.holdfast.snapshot.app.ViewOperations;
import io.holdfast.snapshot.app.VmListing;
import io.holdfast.snapshot.app.VmLocks;
import io.holdfast.snapshot.libvirt.LibvirtDrivers;
import io.holdfast.snapshot.nbd.FewBytes;
import io.holdfast.snapshot.nbd.FirstBlock;
import io.holdfast.snapshot.persistence.CredentialSeal;
import io.holdfast.snapshot.persistence.DatabaseLease;
import io.holdfast.snapshot.work.JobHandlers;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

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
        return Pause.system();
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
    Exit exit() {
        return () -> Quarkus.asyncExit(1);
    }

    /** The early watch's where there is one: to its own process, too, a second one would be another's. */
    @Produces
    @Singleton
    DatabaseLease lease(
            @ConfigProperty(name = "quarkus.datasource.jdbc.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> user,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        return EarlyWatch.OF_PROCESS
                .lease()
                .orElseGet(() -> new DatabaseLease(url, user.orElse(""), password.orElse("")));
    }

    @Produces
    @Singleton
    CredentialSeal credentialSeal(@ConfigProperty(name = "holdfast.seal-key-file") Optional<Path> file) {
        return new CredentialSeal(file.map(SealKeyFile::read).orElse(null));
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
        return new SourceDirectory(t.sources(), drivers, clock);
    }

    @Produces
    @Singleton
    VmListing listing(SourceDirectory directory, TargetEnd.Tables t) {
        return new VmListing(directory, t.sources(), t.snapshots());
    }

    @Produces
    @Singleton
    ViewOperations viewOperations(TargetEnd.Tables t, Drivers drivers, Pause pause, InstantSource clock) {
        return new ViewOperations(t.sources(), t.views(), t.checkpoints(), drivers, pause, clock);
    }

    @Produces
    @Singleton
    NbdPorts ports(TargetEnd.Tables t, Settings settings) {
        return new NbdPorts(t.views()::unclosed, settings.firstPort());
    }

    @Produces
    @Singleton
    ViewDesk viewDesk(
            SourceDirectory directory,
            TargetEnd.Tables t,
            Rows.JobEnds ends,
            ViewOperations operations,
            Drivers drivers,
            NbdPorts ports,
            VmLocks locks,
            Settings settings,
            InstantSource clock) {
        var tables = new ViewDesk.Tables(t.views(), ends);
        return new ViewDesk(directory, tables, operations, drivers, ports, locks, settings, clock);
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
    SnapshotUpkeep snapshotUpkeep(
            SourceDirectory directory, TargetEnd.Tables t, Rows.WokenVms woken, VmLocks locks, InstantSource clock) {
        return new SnapshotUpkeep(directory, t.snapshots(), woken, locks, clock);
    }

    @Produces
    @Singleton
    SnapshotWork snapshotWork(
            SourceDirectory directory, TargetEnd.Tables t, SnapshotUpkeep upkeep, VmLocks locks, InstantSource clock) {
        return new SnapshotWork(directory, t.snapshots(), t.views(), upkeep, locks, clock);
    }

    @Produces
    @Singleton
    CheckpointDesk checkpointDesk(TargetEnd.Tables t, ViewOperations operations, VmLocks locks) {
        return new CheckpointDesk(t.checkpoints(), operations, locks);
    }

    @Produces
    @Singleton
    SourceRemoval removal(
            SourceDirectory directory,
            TargetEnd.Tables t,
            CheckpointDesk checkpoints,
            ViewOperations operations,
            TargetEnd targetEnd,
            Drivers drivers,
            VmLocks locks) {
        return new SourceRemoval(directory, t, checkpoints, operations, targetEnd, drivers, locks);
    }

    @Produces
    @Singleton
    LeftoverReport leftovers(TargetEnd.Tables t, Rows.WokenVms woken, Drivers drivers) {
        return new LeftoverReport(t, woken, drivers);
    }

    @Produces
    @Singleton
    Reaper.Hands hands(
            ViewOperations views, TargetEnd targets, Puller puller, SnapshotUpkeep snapshots, SourceCheck check) {
        return new Reaper.Hands(views, targets, puller, snapshots, check);
    }

    @Produces
    @Singleton
    Reaper reaper(
            TargetEnd.Tables t,
            Rows.JobEnds ends,
            Reaper.Hands hands,
            Drivers drivers,
            VmLocks locks,
            InstantSource clock) {
        return new Reaper(t, ends, hands, drivers, locks, clock);
    }

    @Produces
    @Singleton
    ScratchWatch scratchWatch(TargetEnd.Tables t, Drivers drivers) {
        return new ScratchWatch(t.sources()::all, t.views(), drivers, EarlyWatch.OF_PROCESS.rescues());
    }

    @Produces
    @Singleton
    SourceCheck sourceCheck(
            SourceDirectory directory,
            Rows.Checks checks,
            NbdPorts ports,
            Settings settings,
            NbdConfig nbd,
            InstantSource clock) {
        var ends = new SourceCheck.Nbd(new FirstBlock(), new FewBytes(nbd.directory(), nbd.socketPermissions()));
        return new SourceCheck(directory, checks, ports, ends, settings, clock);
    }

    @Produces
    @Singleton
    JobHandlers handlers(SnapshotWork snapshots, SourceCheck check) {
        return new JobHandlers(snapshots, check);
    }
}
