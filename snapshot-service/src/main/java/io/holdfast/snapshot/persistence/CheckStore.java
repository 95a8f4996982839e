package io.holdfast.snapshot.persistence;

import io.holdfast.snapshot.app.Rows;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Checks of sources, in PostgreSQL. */
@ApplicationScoped
@Transactional
public class CheckStore implements Rows.Checks {

    private final EntityManager em;

    public CheckStore(EntityManager em) {
        this.em = em;
    }

    @Override
    public List<Check> all() {
        List<Check> found = new ArrayList<>();
        for (Object row :
                em.createNativeQuery("select id, source from source_check").getResultList()) {
            Object[] columns = (Object[]) row;
            found.add(new Check((UUID) columns[0], (UUID) columns[1]));
        }
        return List.copyOf(found);
    }

    @Override
    public void begin(Check check) {
        em.createNativeQuery("insert into source_check values (:id, :source)")
                .setParameter("id", check.id())
                .setParameter("source", check.source())
                .executeUpdate();
    }

    @Override
    public void end(UUID id) {
        em.createNativeQuery("delete from source_check where id = :id")
                .setParameter("id", id)
                .executeUpdate();
    }
}
