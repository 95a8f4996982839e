package io.holdfast.catalog.app.port;

import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.vault.VaultInfo;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Vault records. Secrets go in and out in plain text here and are sealed behind this port. */
public interface VaultStore {

    /** A record to be added. */
    record NewVault(
            UUID id,
            String name,
            String url,
            @Nullable String accessKey,
            @Nullable String secretKey,
            String passphrase,
            String createdBy) {
        @Override
        public String toString() {
            return "NewVault[" + name + "]";
        }
    }

    /** False when the name or the URL is taken. */
    boolean insert(NewVault vault);

    Optional<VaultInfo> byName(String name);

    Optional<VaultInfo> byId(UUID id);

    /** Keeps the record from being removed until the transaction ends; false when it is gone. */
    boolean hold(UUID id);

    /** The record by name, locked against every use until the transaction ends. */
    Optional<VaultInfo> locked(String name);

    Optional<VaultAccess> access(UUID id);

    /** In order of name, those after {@code after}. */
    List<VaultInfo> list(@Nullable String after, int limit);

    /** Another record with this format id. */
    Optional<String> nameByFormat(String formatId, UUID except);

    void setState(UUID id, String state, @Nullable String detail);

    void opened(UUID id, String formatId);

    /** Removes the record and what the catalog knows of its points; the vault itself is not touched. */
    void forget(UUID id);
}
