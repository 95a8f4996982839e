package io.holdfast.worker.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.job.JobKind;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.jobs.JobHandler;
import io.holdfast.jobs.JobRunner;
import io.holdfast.jobs.JobRunnerOptions;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.vault.EngineOptions;
import io.holdfast.vault.VaultOptions;
import io.holdfast.worker.app.AddVault;
import io.holdfast.worker.app.BackUp;
import io.holdfast.worker.app.CheckVault;
import io.holdfast.worker.app.CollectVault;
import io.holdfast.worker.app.DeletePoint;
import io.holdfast.worker.app.VaultDoor;
import io.holdfast.worker.app.ViewOpener;
import io.holdfast.worker.nbd.NbdDisks;
import io.holdfast.worker.vault.EngineDoor;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the worker together. */
@ApplicationScoped
public class Wiring {

    @Produces
    @Singleton
    JobRunner runner(
            RunnerApi catalog,
            SnapshotServiceApi snapshots,
            ObjectMapper json,
            WorkerConfig config,
            @ConfigProperty(name = "holdfast.nbd.tls-directory") Optional<Path> tlsDirectory) {
        VaultDoor door = new EngineDoor(engine(config), freshVault(config));
        MonotonicClock pause = MonotonicClock.system();
        var opener = new ViewOpener(snapshots, pause, config.viewDeadline());
        Map<JobKind, JobHandler> handlers = Map.of(
                JobKind.BACKUP,
                new BackUp(catalog, snapshots, door, new NbdDisks(tlsDirectory), opener, pause, json),
                JobKind.VAULT_ADD,
                new AddVault(catalog, door),
                JobKind.VAULT_CHECK,
                new CheckVault(catalog, door, json),
                JobKind.VAULT_COLLECT,
                new CollectVault(catalog, door, pause, json),
                JobKind.POINT_DELETE,
                new DeletePoint(catalog, door, json));
        return new JobRunner(
                catalog,
                JobKind.Runner.BACKUP_WORKER,
                config.instance().orElseGet(InstanceName::ofProcess),
                handlers,
                JobRunnerOptions.of(config.parallel()));
    }

    private static VaultOptions freshVault(WorkerConfig config) {
        int kib = Math.toIntExact(config.keyMemory().asLongValue() >> 10);
        return new VaultOptions(kib, config.keyRounds(), VaultOptions.defaults().argonLanes());
    }

    private static EngineOptions engine(WorkerConfig config) {
        EngineOptions usual = EngineOptions.defaults();
        return new EngineOptions(
                config.packSize()
                        .map(MemorySize::asLongValue)
                        .map(Math::toIntExact)
                        .orElse(usual.packBytes()),
                config.journalEvery().map(MemorySize::asLongValue).orElse(usual.journalBytes()),
                usual.window(),
                usual.cpuThreads(),
                usual.putThreads(),
                usual.cacheBytes(),
                usual.clock());
    }
}
