package io.holdfast.snapshot.persistence;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Views and what the catalog's word does to their checkpoints. */
@ApplicationScoped
@Transactional
public class ViewStore implements Rows.Views {

    private static final List<String> LIVE = List.of("OPENING", "OPEN");

    @ApplicationScoped
    static class Table implements PanacheRepositoryBase<ViewRow, UUID> {}

    private final Table table;
    private final CheckpointStore checkpoints;
    private final JobEndStore ends;
    private final Documents documents;

    public ViewStore(Table table, CheckpointStore checkpoints, JobEndStore ends, Documents documents) {
        this.table = table;
        this.checkpoints = checkpoints;
        this.ends = ends;
        this.documents = documents;
    }

    @Override
    public Optional<View> live(UUID job) {
        return table.find("job = ?1 and phase in ?2", job, LIVE)
                .firstResultOptional()
                .map(this::read);
    }

    @Override
    public Optional<View> newest(UUID job) {
        return table.find("job", Sort.descending("createdAt"), job)
                .firstResultOptional()
                .map(this::read);
    }

    @Override
    public List<View> unclosed() {
        return table.list("phase <> 'CLOSED'", Sort.by("createdAt")).stream()
                .map(this::read)
                .toList();
    }

    @Override
    public void insert(View view, Optional<Checkpoint> pending) {
        ends.refuseEnded(view.job());
        ViewRow row = new ViewRow();
        row.moment = view.moment();
        row.job = view.job();
        row.source = view.source();
        row.vm = view.vm();
        row.createdAt = view.createdAt();
        put(row, view);
        try {
            table.persistAndFlush(row);
        } catch (PersistenceException e) {
            throw new ApiException(ErrorCode.VM_BUSY, "Another job is opening a view of this VM.", e);
        }
        pending.ifPresent(checkpoints::put);
    }

    @Override
    public View change(UUID moment, UnaryOperator<View> how) {
        ViewRow row = table.findById(moment, LockModeType.PESSIMISTIC_WRITE);
        if (row == null) {
            throw new ApiException(ErrorCode.VIEW_NOT_FOUND, "This view is not known.");
        }
        View changed = how.apply(read(row));
        put(row, changed);
        return changed;
    }

    @Override
    public View giveUp(UUID moment) {
        View known = change(moment, v -> v);
        if (known.phase() != Phase.OPENING) {
            return known;
        }
        checkpoints.drop(moment);
        return change(moment, View::closing);
    }

    @Override
    public List<View> settle(UUID job, @Nullable UUID committed, int keep) {
        ends.end(job);
        List<View> closing = new ArrayList<>();
        List<ViewRow> rows = table.find("job", Sort.by("createdAt"), job)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .list();
        for (ViewRow row : rows) {
            View view = read(row);
            Checkpoint.settled(checkpoints.line(view.source(), view.vm(), view.vault()), job, committed, keep)
                    .forEach(checkpoints::put);
            if (view.phase() != Phase.CLOSED) {
                View going = view.closing();
                put(row, going);
                closing.add(going);
            }
        }
        return List.copyOf(closing);
    }

    private void put(ViewRow row, View view) {
        row.phase = view.phase().name();
        row.document = documents.write(view);
    }

    private View read(ViewRow row) {
        return documents.read(row.document, View.class);
    }
}
