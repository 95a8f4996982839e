package io.holdfast.restore.app;

import io.holdfast.api.vault.VaultAccess;

/** The way into a vault. */
public interface VaultDoor {

    /** Opens the vault; one with another id than the catalog knows is refused with {@code vault-is-another}. */
    OpenVault open(VaultAccess access);
}
