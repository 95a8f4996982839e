package io.holdfast.restore.config;

import io.holdfast.api.job.JobKind;
import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.jobs.JobRunner;
import io.holdfast.jobs.JobRunnerOptions;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.restore.app.ExportNames;
import io.holdfast.restore.app.ReadLedger;
import io.holdfast.restore.app.Restore;
import io.holdfast.restore.app.ServedPoints;
import io.holdfast.restore.app.VaultPool;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.restore.nbd.PointServer;
import io.holdfast.restore.vault.EngineDoor;
import io.holdfast.storage.MonotonicClock;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the service together. */
@ApplicationScoped
public class Wiring {

    private final RestoreConfig config;

    Wiring(RestoreConfig config) {
        this.config = config;
    }

    @Produces
    @Singleton
    ReadLedger ledger() {
        return new ReadLedger();
    }

    @Produces
    @Singleton
    VaultPool vaults(RunnerApi catalog) {
        return new VaultPool(
                catalog,
                new EngineDoor(config.cache().asLongValue() / config.vaults()),
                config.vaults(),
                System::nanoTime);
    }

    @Produces
    @Singleton
    TokenSeal seal(@ConfigProperty(name = "holdfast.seal-key-file") Path keyFile) {
        return new TokenSeal(SealKeyFile.read(keyFile), new SecureRandom());
    }

    @Produces
    @Singleton
    PointServer server(
            TokenSeal seal,
            VaultPool vaults,
            ReadLedger ledger,
            @ConfigProperty(name = "holdfast.nbd.directory") Path directory,
            @ConfigProperty(name = "holdfast.nbd.tls-directory") Optional<Path> tls) {
        var exports = new ServedPoints(seal, vaults, ledger, InstantSource.system());
        var options = NbdServerOptions.defaults()
                .withSocketPermissions(config.socketPermissions())
                .withListener(new ServerLog());
        Optional<PointServer.Remote> remote = config.advertisedHost()
                .map(host -> new PointServer.Remote(
                        config.tlsHost(),
                        host,
                        config.tlsPort(),
                        tls.orElseThrow(() -> new IllegalStateException(
                                "holdfast.restore.advertised-host needs nbd.tls-directory"))));
        return PointServer.listen(directory.resolve(config.socketName()), remote, exports, options);
    }

    @Produces
    @Singleton
    JobRunner runner(
            RunnerApi catalog,
            SnapshotServiceApi snapshots,
            VaultPool vaults,
            PointServer server,
            TokenSeal seal,
            ReadLedger ledger) {
        MonotonicClock pause = MonotonicClock.system();
        var names = new ExportNames(seal, server, InstantSource.system(), config.tokenLife());
        return new JobRunner(
                catalog,
                JobKind.Runner.RESTORE_SERVICE,
                config.instance().orElseGet(InstanceName::ofProcess),
                Map.of(JobKind.RESTORE, new Restore(snapshots, vaults, names, ledger, pause, config.standstill())),
                JobRunnerOptions.of(config.parallel()));
    }
}
