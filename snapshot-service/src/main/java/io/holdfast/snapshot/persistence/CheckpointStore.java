package io.holdfast.snapshot.persistence;

import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Checkpoint;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.UUID;

/** Checkpoints in PostgreSQL. */
@ApplicationScoped
@Transactional
public class CheckpointStore implements Rows.Checkpoints {

    @ApplicationScoped
    static class Table implements PanacheRepositoryBase<CheckpointRow, UUID> {}

    private final Table table;

    public CheckpointStore(Table table) {
        this.table = table;
    }

    @Override
    public List<Checkpoint> line(UUID source, String vm, UUID vault) {
        return table.list("source = ?1 and vm = ?2 and vault = ?3", Sort.by("createdAt"), source, vm, vault).stream()
                .map(CheckpointRow::read)
                .toList();
    }

    @Override
    public List<Checkpoint> ofVm(UUID source, String vm) {
        return table.list("source = ?1 and vm = ?2", Sort.by("createdAt"), source, vm).stream()
                .map(CheckpointRow::read)
                .toList();
    }

    @Override
    public List<Checkpoint> all() {
        return table.listAll(Sort.by("createdAt")).stream()
                .map(CheckpointRow::read)
                .toList();
    }

    void put(Checkpoint checkpoint) {
        table.getEntityManager().merge(CheckpointRow.of(checkpoint));
        table.flush();
    }

    void drop(UUID moment) {
        table.update("state = 'DROPPING' where moment = ?1", moment);
    }

    @Override
    public int dropLine(UUID vault) {
        return table.update("state = 'DROPPING' where vault = ?1 and state <> 'DROPPING'", vault);
    }

    @Override
    public int dropOfVm(UUID source, String vm) {
        return table.update("state = 'DROPPING' where source = ?1 and vm = ?2 and state <> 'DROPPING'", source, vm);
    }

    @Override
    public void remove(UUID moment) {
        table.deleteById(moment);
    }

    @Override
    public void removeOfVm(UUID source, String vm) {
        table.delete("source = ?1 and vm = ?2", source, vm);
    }
}
