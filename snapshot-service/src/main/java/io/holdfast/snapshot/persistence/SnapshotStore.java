package io.holdfast.snapshot.persistence;

import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Snapshot;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.UUID;

/** Snapshots in PostgreSQL. The parent column is the truth; the document's is what it was at first. */
@ApplicationScoped
@Transactional
public class SnapshotStore implements Rows.SnapshotRows {

    @ApplicationScoped
    static class Table implements PanacheRepositoryBase<SnapshotRow, UUID> {}

    private final Table table;
    private final Documents documents;

    public SnapshotStore(Table table, Documents documents) {
        this.table = table;
        this.documents = documents;
    }

    @Override
    public List<Snapshot> ofVm(UUID source, String vm) {
        return table.list("source = ?1 and vm = ?2", Sort.by("createdAt"), source, vm).stream()
                .map(this::read)
                .toList();
    }

    @Override
    public List<Snapshot> all() {
        return table.listAll(Sort.by("createdAt")).stream().map(this::read).toList();
    }

    @Override
    public void insert(Snapshot s) {
        SnapshotRow row = new SnapshotRow();
        row.id = s.id();
        row.source = s.source();
        row.vm = s.vm();
        row.name = s.name();
        row.parent = s.parent();
        row.createdAt = s.createdAt();
        row.document = documents.write(s);
        table.persistAndFlush(row);
    }

    @Override
    public void update(Snapshot s) {
        table.findByIdOptional(s.id()).ifPresent(row -> row.document = documents.write(s));
    }

    @Override
    public void remove(UUID id) {
        table.findByIdOptional(id).ifPresent(row -> {
            table.update("parent = ?1 where parent = ?2", row.parent, id);
            table.deleteById(id);
        });
    }

    @Override
    public void removeOfVm(UUID source, String vm) {
        table.update("parent = null where source = ?1 and vm = ?2", source, vm);
        table.delete("source = ?1 and vm = ?2", source, vm);
    }

    private Snapshot read(SnapshotRow row) {
        Snapshot s = documents.read(row.document, Snapshot.class);
        return new Snapshot(
                s.id(),
                s.source(),
                s.vm(),
                s.name(),
                s.description(),
                row.parent,
                s.state(),
                s.vmState(),
                s.wake(),
                s.consistency(),
                s.overlays(),
                s.createdAt());
    }
}
