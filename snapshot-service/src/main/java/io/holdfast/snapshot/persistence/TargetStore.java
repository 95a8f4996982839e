package io.holdfast.snapshot.persistence;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Target;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Targets in PostgreSQL. */
@ApplicationScoped
@Transactional
public class TargetStore implements Rows.Targets {

    @ApplicationScoped
    static class Table implements PanacheRepositoryBase<TargetRow, UUID> {}

    private final Table table;
    private final JobEndStore ends;
    private final Documents documents;
    private final InstantSource clock;

    public TargetStore(Table table, JobEndStore ends, Documents documents, InstantSource clock) {
        this.table = table;
        this.ends = ends;
        this.documents = documents;
        this.clock = clock;
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
    public List<Target> open() {
        return table.list("endedAt is null").stream().map(this::read).toList();
    }

    @Override
    public Map<State, Long> counts() {
        return table.getEntityManager()
                .createQuery("select r.state, count(r) from TargetRow r group by r.state", Object[].class)
                .getResultStream()
                .collect(Collectors.toMap(row -> State.valueOf((String) row[0]), row -> (Long) row[1]));
    }

    @Override
    public int forgetBefore(Instant moment) {
        return Math.toIntExact(table.delete("endedAt < ?1", moment));
    }

    @Override
    public void insert(Target target) {
        ends.refuseEnded(target.job());
        refuseWithoutSource(target.source());
        TargetRow row = new TargetRow();
        row.job = target.job();
        row.source = target.source();
        put(row, target);
        table.persistAndFlush(row);
    }

    /** Until the caller's transaction is over the source is not removed. */
    private void refuseWithoutSource(UUID source) {
        if (table.getEntityManager()
                .createNativeQuery("select 1 from source where id = ?1 for key share")
                .setParameter(1, source)
                .getResultList()
                .isEmpty()) {
            throw new ApiException(ErrorCode.SOURCE_NOT_FOUND, "The source was removed.");
        }
    }

    /** Whether a job may go on with a target on this source; within the caller's transaction. */
    boolean goingOn(UUID source) {
        return table.list("source = ?1 and endedAt is null", source).stream()
                .map(this::read)
                .anyMatch(Target::goesOn);
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
        if (!target.ended()) {
            row.endedAt = null;
        } else if (row.endedAt == null) {
            row.endedAt = clock.instant();
        }
    }

    private Target read(TargetRow row) {
        return documents.read(row.document, Target.class);
    }
}
