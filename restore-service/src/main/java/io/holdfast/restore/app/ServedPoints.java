package io.holdfast.restore.app;

import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExports;
import io.holdfast.nbd.NbdRefusedException;
import io.holdfast.restore.domain.ExportToken;
import io.holdfast.restore.domain.TokenSeal;
import io.holdfast.vault.PointManifest;
import java.time.InstantSource;
import java.util.Optional;

/** Offers disks of points to whoever has a sealed name for one. Keeps nothing: any replica opens any replica's names. */
public final class ServedPoints implements NbdExports {

    private final TokenSeal seal;
    private final VaultPool vaults;
    private final DamageLedger ledger;
    private final InstantSource clock;

    public ServedPoints(TokenSeal seal, VaultPool vaults, DamageLedger ledger, InstantSource clock) {
        this.seal = seal;
        this.vaults = vaults;
        this.ledger = ledger;
        this.clock = clock;
    }

    @Override
    public NbdExport open(String exportName) throws NbdRefusedException {
        Optional<ExportToken> token = seal.open(exportName, clock.instant());
        if (token.isEmpty()) {
            throw new NbdRefusedException("an export name that is not ours, or has expired");
        }
        return open(token.get());
    }

    private NbdExport open(ExportToken token) throws NbdRefusedException {
        VaultPool.Use vault = vaults.acquire(token.vault());
        try {
            Optional<PointManifest> manifest = vault.vault().point(token.point(), token.vm());
            if (manifest.isEmpty() || manifest.get().disk(token.disk()).isEmpty()) {
                vault.close();
                throw new NbdRefusedException("point " + token.point() + " is not there any more");
            }
            return new ServedDisk(token, vault.vault().disk(manifest.get(), token.disk()), vault, ledger);
        } catch (RuntimeException e) {
            vault.close();
            throw e;
        }
    }
}
