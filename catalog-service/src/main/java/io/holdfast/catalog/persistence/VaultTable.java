package io.holdfast.catalog.persistence;

import io.holdfast.api.vault.VaultAccess;
import io.holdfast.api.vault.VaultInfo;
import io.holdfast.catalog.app.port.VaultStore;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Vault records. Secrets are sealed here, each bound to its row and column. */
@ApplicationScoped
@Transactional
class VaultTable implements VaultStore {

    private final Sql sql;
    private final VaultRepository rows;
    private final EntityManager entities;
    private final Sealer sealer;

    VaultTable(Sql sql, VaultRepository rows, EntityManager entities, Sealer sealer) {
        this.sql = sql;
        this.rows = rows;
        this.entities = entities;
        this.sealer = sealer;
    }

    @Override
    public boolean insert(NewVault vault) {
        return sql.update(
                        """
                        insert into vault (id, name, url, state, access_key, secret_key, passphrase, created_by)
                        values (?, ?, ?, 'adding', ?, ?, ?, ?)
                        on conflict do nothing
                        """,
                        vault.id(),
                        vault.name(),
                        vault.url(),
                        seal(vault.id(), "access_key", vault.accessKey()),
                        seal(vault.id(), "secret_key", vault.secretKey()),
                        seal(vault.id(), "passphrase", vault.passphrase()),
                        vault.createdBy())
                == 1;
    }

    @Override
    public Optional<VaultInfo> byName(String name) {
        entities.clear();
        return rows.find("name", name).firstResultOptional().map(VaultTable::view);
    }

    @Override
    public Optional<VaultInfo> byId(UUID id) {
        entities.clear();
        return rows.findByIdOptional(id).map(VaultTable::view);
    }

    @Override
    public boolean hold(UUID id) {
        return sql.one("select 1 from vault where id = ? for key share", row -> row.getInt(1), id)
                .isPresent();
    }

    @Override
    public Optional<VaultInfo> locked(String name) {
        sql.query("select 1 from vault where name = ? for update", row -> row.getInt(1), name);
        return byName(name);
    }

    @Override
    public Optional<VaultAccess> access(UUID id) {
        return sql.one(
                "select id, name, url, format_id, access_key, secret_key, passphrase from vault where id = ?",
                this::opened,
                id);
    }

    @Override
    public List<VaultInfo> list(@Nullable String after, int limit) {
        entities.clear();
        return rows.find("name > ?1 order by name", after == null ? "" : after).page(0, limit).stream()
                .map(VaultTable::view)
                .toList();
    }

    @Override
    public Optional<String> nameByFormat(String formatId, UUID except) {
        return sql.one(
                "select name from vault where format_id = ? and id <> ?", row -> row.getString(1), formatId, except);
    }

    @Override
    public void setState(UUID id, String state, @Nullable String detail) {
        sql.update("update vault set state = ?, detail = ? where id = ?", state, detail, id);
    }

    @Override
    public void opened(UUID id, String formatId) {
        sql.update("update vault set state = 'ok', detail = null, format_id = ? where id = ?", formatId, id);
    }

    @Override
    public void forget(UUID id) {
        sql.update("delete from restore_point where vault = ?", id);
        sql.update("delete from vault where id = ?", id);
    }

    private VaultAccess opened(ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        String passphrase = open(id, "passphrase", row.getBytes("passphrase"));
        if (passphrase == null) {
            throw new IllegalStateException("A vault without passphrase");
        }
        return new VaultAccess(
                id,
                row.getString("name"),
                row.getString("url"),
                row.getString("format_id"),
                open(id, "access_key", row.getBytes("access_key")),
                open(id, "secret_key", row.getBytes("secret_key")),
                passphrase);
    }

    private byte @Nullable [] seal(UUID id, String column, @Nullable String secret) {
        return secret == null ? null : sealer.seal("vault/" + id + "/" + column, secret);
    }

    private @Nullable String open(UUID id, String column, byte @Nullable [] sealed) {
        return sealed == null ? null : sealer.open("vault/" + id + "/" + column, sealed);
    }

    private static VaultInfo view(VaultRow row) {
        return new VaultInfo(
                row.id,
                row.name,
                row.url,
                row.formatId,
                row.state,
                row.detail,
                row.points,
                row.storedBytes,
                row.createdAt);
    }

    /** Panache's side of it. */
    @ApplicationScoped
    static class VaultRepository implements PanacheRepositoryBase<VaultRow, UUID> {}
}
