package io.holdfast.restore.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
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
    private final ReadLedger ledger;
    private final InstantSource clock;

    public ServedPoints(TokenSeal seal, VaultPool vaults, ReadLedger ledger, InstantSource clock) {
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

    private VaultPool.Use acquire(ExportToken token) throws NbdRefusedException {
        try {
            return vaults.acquire(token.vault());
        } catch (ApiException e) {
            if (e.code() == ErrorCode.VAULT_NOT_FOUND) {
                throw new NbdRefusedException("vault " + token.vault() + " is not known any more");
            }
            throw e;
        }
    }

    private NbdExport open(ExportToken token) throws NbdRefusedException {
        VaultPool.Use vault = acquire(token);
        try {
            Optional<PointManifest> manifest = vault.vault().knownPoint(token.point(), token.vm(), token.sequence());
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
