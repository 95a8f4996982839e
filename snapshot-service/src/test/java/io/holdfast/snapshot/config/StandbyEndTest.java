package io.holdfast.snapshot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.snapshot.persistence.DatabaseLease;
import io.holdfast.snapshot.persistence.DatabaseLease.Holder;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.enterprise.event.Event;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A process that waited and cannot begin: it would hold the lease, and nobody would act. */
class StandbyEndTest {

    @Test
    void whoCannotBeginToActEnds() throws Exception {
        endsAfter(new IllegalStateException("by test"));
    }

    @Test
    void alsoWhenItIsAnErrorThatKeepsItFromActing() throws Exception {
        endsAfter(new NoClassDefFoundError("by test"));
    }

    private static void endsAfter(Throwable failure) throws Exception {
        HoldfastConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(HoldfastConfig.class)
                .build()
                .getConfigMapping(HoldfastConfig.class);
        AtomicInteger exits = new AtomicInteger();
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                DatabaseLease ours = lease(postgres)) {
            Standby standby = new Standby(ours, config, failing(failure), exits::incrementAndGet);
            try (DatabaseLease other = lease(postgres)) {
                assertThat(other.hold()).isEqualTo(Holder.US);
                standby.start(new StartupEvent());
                assertThat(standby.active()).isFalse();
            }
            await().until(() -> exits.get() == 1);
            assertThat(standby.active()).isFalse();
            standby.stop(new ShutdownEvent());
        }
    }

    private static DatabaseLease lease(EmbeddedPostgres postgres) {
        return new DatabaseLease(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
    }

    /** Whoever hears that this process acts fails. */
    @SuppressWarnings("unchecked")
    private static Event<Active> failing(Throwable failure) {
        return (Event<Active>) Proxy.newProxyInstance(
                Event.class.getClassLoader(), new Class<?>[] {Event.class}, (proxy, method, arguments) -> {
                    throw failure;
                });
    }
}
