package io.holdfast.restore;

import io.holdfast.api.rest.RunnerApi;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.nbd.NbdServerOptions;
import io.holdfast.restore.app.ExportNames;
import io.holdfast.restore.app.ReadLedger;
import io.holdfast.restore.app.Restore;
import io.holdfast.restore.app.ServedPoints;
import io.holdfast.restore.app.VaultPool;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.restore.nbd.PointServer;
import io.holdfast.storage.MonotonicClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** What one process of this service is made of: vaults, ledger and server of its own. */
final class Replica implements AutoCloseable {

    static final Duration STANDSTILL = Duration.ofMinutes(10);

    final WatchedDoor door = new WatchedDoor();
    final ReadLedger ledger = new ReadLedger();
    final PointServer server;
    private final ScriptedServices services;
    private final VaultPool vaults;
    private final TokenSeal seal;

    /** Replicas of one service have the same seal. */
    Replica(
            ScriptedServices services,
            TokenSeal seal,
            InstantSource clock,
            Path socket,
            Optional<PointServer.Remote> elsewhere) {
        this.services = services;
        this.seal = seal;
        vaults = new VaultPool(services.as(RunnerApi.class), door, 2, System::nanoTime);
        var exports = new ServedPoints(seal, vaults, ledger, clock);
        server = PointServer.listen(socket, elsewhere, exports, NbdServerOptions.defaults());
    }

    /** Restores by this replica; the hypervisor is sent to {@code serving}. */
    Restore restore(Replica serving, MonotonicClock pause) {
        var names = new ExportNames(seal, serving.server, InstantSource.system(), Duration.ofHours(1));
        return new Restore(services.as(SnapshotServiceApi.class), vaults, names, ledger, pause, STANDSTILL);
    }

    @Override
    public void close() {
        server.close();
        vaults.close();
    }
}
