package io.holdfast.snapshot.persistence;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Target;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Targets in PostgreSQL. */
@ApplicationScoped
@Transactional
public class TargetStore implements Rows.Targets {

    @ApplicationScoped
    static class Table implements PanacheRepositoryBase<TargetRow, UUID> {}

    private final Table table;
    private final JobEndStore ends;
    private final Documents documents;

    public TargetStore(Table table, JobEndStore ends, Documents documents) {
        this.table = table;
        this.ends = ends;
        this.documents = documents;
    }

    @Override
    public Optional<Target> byJob(UUID job) {
        return table.findByIdOptional(job).map(this::read);
    }

    @Override
    public List<Target> all() {
        return table.listAll().stream().map(this::read).toList();
    }

    @Override
    public void insert(Target target) {
        ends.refuseEnded(target.job());
        TargetRow row = new TargetRow();
        row.job = target.job();
        row.source = target.source();
        put(row, target);
        table.persistAndFlush(row);
    }

    @Override
    public void end(UUID job) {
        ends.end(job);
    }

    @Override
    public Target change(UUID job, UnaryOperator<Target> how) {
        TargetRow row = table.findById(job, LockModeType.PESSIMISTIC_WRITE);
        if (row == null) {
            throw new ApiException(ErrorCode.TARGET_NOT_FOUND, "No target was opened for this job.");
        }
        Target changed = how.apply(read(row));
        put(row, changed);
        return changed;
    }

    @Override
    public void remove(UUID job) {
        table.deleteById(job);
    }

    private void put(TargetRow row, Target target) {
        row.state = target.state().name();
        row.document = documents.write(target);
    }

    private Target read(TargetRow row) {
        return documents.read(row.document, Target.class);
    }
}
