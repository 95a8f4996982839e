package io.holdfast.catalog.persistence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
import io.holdfast.api.point.PointHead;
import io.holdfast.api.point.PointInfo;
import io.holdfast.catalog.app.port.PointStore;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The index of restore points. */
@ApplicationScoped
@Transactional
class PointTable implements PointStore {

    private final Sql sql;
    private final PointRepository rows;
    private final ObjectMapper json;

    PointTable(Sql sql, PointRepository rows, ObjectMapper json) {
        this.sql = sql;
        this.rows = rows;
        this.json = json;
    }

    @Override
    public boolean insert(PointInfo p, UUID vault, UUID job) {
        int met = sql.update(
                """
                insert into restore_point (id, vault, source, vm, vm_name, sequence, kind, base, consistency, taken_at,
                    committed_at, seconds, virtual_bytes, read_bytes, new_bytes, stored_bytes, disks, notes, job,
                    manifest_hash)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?)
                on conflict do nothing
                """,
                p.id(),
                vault,
                p.source(),
                p.vm(),
                p.vmName(),
                p.sequence(),
                p.kind(),
                p.base(),
                p.consistency(),
                p.takenAt(),
                p.committedAt(),
                p.seconds(),
                p.virtualBytes(),
                p.readBytes(),
                p.newBytes(),
                p.storedBytes(),
                write(p.disks()),
                write(p.notes()),
                job,
                p.manifestHash());
        return met == 1
                || sql.one(
                                "select 1 from restore_point where id = ? and vault = ? and vm = ? and sequence = ?",
                                row -> row.getInt(1),
                                p.id(),
                                vault,
                                p.vm(),
                                p.sequence())
                        .isPresent();
    }

    @Override
    public Optional<Found> find(UUID id) {
        return rows.findByIdOptional(id).map(row -> new Found(view(row), row.vault.id));
    }

    @Override
    public void remove(UUID id) {
        sql.update("delete from restore_point where id = ?", id);
    }

    @Override
    public List<Row> list(Filter filter) {
        return rows.find("""
                        from RestorePoint p join fetch p.vault v
                        where (:source is null or p.source = :source) and (:vm is null or p.vm = :vm or p.vmName = :vm)
                            and (:vault is null or v.name = :vault) and p.seq < :before
                        order by p.seq desc
                        """, named(filter)).page(0, filter.limit()).stream()
                .map(row -> new Row(row.seq, view(row)))
                .toList();
    }

    private static Map<String, Object> named(Filter filter) {
        Map<String, Object> values = new HashMap<>();
        values.put("source", filter.source());
        values.put("vm", filter.vm());
        values.put("vault", filter.vault());
        values.put("before", filter.before() == null ? Long.MAX_VALUE : filter.before());
        return values;
    }

    @Override
    public List<UUID> bases(UUID vault, String source, String vm, int limit) {
        return sql.query("""
                select id from restore_point where vault = ? and source = ? and vm = ? order by sequence desc limit ?
                """, row -> row.getObject(1, UUID.class), vault, source, vm, limit);
    }

    @Override
    public Optional<PointHead> head(UUID vault, String vm) {
        return sql.one("""
                select vm, vm_name, sequence, manifest_hash from restore_point
                where vault = ? and vm = ? and manifest_hash is not null order by sequence desc limit 1
                """, PointTable::head, vault, vm);
    }

    @Override
    public List<PointHead> heads(UUID vault) {
        return sql.query("""
                select distinct on (vm) vm, vm_name, sequence, manifest_hash from restore_point
                where vault = ? and manifest_hash is not null order by vm, sequence desc
                """, PointTable::head, vault);
    }

    private static PointHead head(ResultSet row) throws SQLException {
        return new PointHead(row.getString(1), row.getString(2), row.getLong(3), row.getString(4));
    }

    private PointInfo view(PointRow row) {
        return new PointInfo(
                row.id,
                row.vm,
                row.vmName,
                row.source,
                row.vault.name,
                row.sequence,
                BackupKind.valueOf(row.kind),
                row.base,
                Consistency.valueOf(row.consistency),
                row.takenAt,
                row.committedAt,
                row.seconds,
                row.virtualBytes,
                row.readBytes,
                row.newBytes,
                row.storedBytes,
                read(row.disks, new TypeReference<>() {}),
                read(row.notes, new TypeReference<>() {}),
                row.manifestHash);
    }

    private String write(Object value) {
        try {
            return json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A restore point cannot be written", e);
        }
    }

    private <T> T read(String text, TypeReference<T> type) {
        try {
            return json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A restore point cannot be read", e);
        }
    }

    /** Panache's side of it. */
    @ApplicationScoped
    static class PointRepository implements PanacheRepositoryBase<PointRow, UUID> {}
}
