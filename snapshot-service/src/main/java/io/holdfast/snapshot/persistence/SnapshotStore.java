package io.holdfast.snapshot.persistence;

import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Snapshot;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Snapshots in PostgreSQL. The parent column is the truth; the document's is what it was at first. */
@ApplicationScoped
@Transactional
public class SnapshotStore implements Rows.SnapshotRows {

    @ApplicationScoped
    static class Table implements PanacheRepositoryBase<SnapshotRow, UUID> {}

    /** Longer than a job is tried again. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

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
    public void delete(UUID id, UUID job, Instant at) {
        remove(id);
        EntityManager em = table.getEntityManager();
        em.createNativeQuery("delete from deleted_snapshot where deleted_at < :past")
                .setParameter("past", at.minus(REMEMBERED))
                .executeUpdate();
        em.createNativeQuery("insert into deleted_snapshot values (:job, :at) on conflict (job) do nothing")
                .setParameter("job", job)
                .setParameter("at", at)
                .executeUpdate();
    }

    @Override
    public boolean deletedBy(UUID job) {
        return !table.getEntityManager()
                .createNativeQuery("select job from deleted_snapshot where job = :job")
                .setParameter("job", job)
                .getResultList()
                .isEmpty();
    }

    @Override
    public void removeOfVm(UUID source, String vm) {
        table.update("parent = null where source = ?1 and vm = ?2", source, vm);
        table.delete("source = ?1 and vm = ?2", source, vm);
    }

    private Snapshot read(SnapshotRow row) {
        return documents.read(row.document, Snapshot.class).withParent(row.parent);
    }
}
