package io.holdfast.snapshot.persistence;

import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Woken;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** VMs started for a snapshot, in PostgreSQL. */
@ApplicationScoped
@Transactional
public class WokenStore implements Rows.WokenVms {

    private static final String SELECT = "select source, vm, run from woken_vm";

    private final EntityManager em;

    public WokenStore(EntityManager em) {
        this.em = em;
    }

    @Override
    public Optional<Woken> of(UUID source, String vm) {
        return read(key(SELECT + " where source = :source and vm = :vm", source, vm)).stream()
                .findFirst();
    }

    @Override
    public List<Woken> all() {
        return read(em.createNativeQuery(SELECT + " order by source, vm"));
    }

    @Override
    public void put(Woken woken) {
        key(
                        "insert into woken_vm values (:source, :vm, cast(:run as integer))"
                                + " on conflict (source, vm) do update set run = excluded.run",
                        woken.source(),
                        woken.vm())
                .setParameter("run", woken.run())
                .executeUpdate();
    }

    @Override
    public void remove(UUID source, String vm) {
        key("delete from woken_vm where source = :source and vm = :vm", source, vm)
                .executeUpdate();
    }

    private Query key(String sql, UUID source, String vm) {
        return em.createNativeQuery(sql).setParameter("source", source).setParameter("vm", vm);
    }

    private static List<Woken> read(Query query) {
        List<Woken> found = new ArrayList<>();
        for (Object row : query.getResultList()) {
            Object[] columns = (Object[]) row;
            found.add(new Woken((UUID) columns[0], (String) columns[1], (Integer) columns[2]));
        }
        return List.copyOf(found);
    }
}
