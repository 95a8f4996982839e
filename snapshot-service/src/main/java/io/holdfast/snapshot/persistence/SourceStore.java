package io.holdfast.snapshot.persistence;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceCredentials;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Source;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.panache.common.Sort;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sources in PostgreSQL. */
@ApplicationScoped
@Transactional
public class SourceStore implements Rows.Sources {

    @ApplicationScoped
    static class Table implements PanacheRepositoryBase<SourceRow, UUID> {}

    private final Table table;

    private final CredentialSeal seal;
    private final TargetStore targets;

    public SourceStore(Table table, CredentialSeal seal, TargetStore targets) {
        this.table = table;
        this.seal = seal;
        this.targets = targets;
    }

    private Source read(SourceRow row) {
        Optional<SourceCredentials> opened =
                row.credentials == null ? Optional.empty() : seal.open(row.id, row.credentials);
        return row.read(opened.orElse(null));
    }

    @Override
    public List<Source> all() {
        return table.listAll(Sort.by("name")).stream().map(this::read).toList();
    }

    @Override
    public Optional<Source> byName(String name) {
        return table.find("name", name).firstResultOptional().map(this::read);
    }

    @Override
    public Optional<Source> byId(UUID id) {
        return table.findByIdOptional(id).map(this::read);
    }

    @Override
    public void add(Source source) {
        if (table.count("name", source.name()) > 0) {
            throw new ApiException(ErrorCode.SOURCE_EXISTS, "A source called " + source.name() + " exists already.");
        }
        table.persistAndFlush(SourceRow.of(
                source, source.credentials() == null ? null : seal.seal(source.id(), source.credentials())));
    }

    @Override
    public void state(UUID id, String state, String detail) {
        table.update("state = ?1, detail = ?2 where id = ?3", state, detail.isEmpty() ? null : detail, id);
    }

    @Override
    public void remove(UUID id) {
        var _ = table.getEntityManager()
                .createNativeQuery("select 1 from source where id = ?1 for update")
                .setParameter(1, id)
                .getResultList();
        if (targets.goingOn(id)) {
            throw begun(null);
        }
        // Ended views and dropped checkpoints say nothing that the catalog does not keep. A live view keeps its source.
        for (String rows : List.of(
                "delete from ViewRow r where r.source = :id and r.phase not in ('OPENING', 'OPEN')",
                "delete from CheckpointRow r where r.source = :id and r.state = 'DROPPING'")) {
            table.getEntityManager().createQuery(rows).setParameter("id", id).executeUpdate();
        }
        try {
            table.deleteById(id);
            table.flush();
        } catch (PersistenceException e) {
            throw begun(e);
        }
    }

    private static ApiException begun(@Nullable PersistenceException why) {
        return new ApiException(
                ErrorCode.SOURCE_IN_USE,
                "Something has begun on the source while it was being removed; try again.",
                why);
    }
}
