package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.source.SourceCredentials;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.persistence.CredentialSeal;
import io.holdfast.snapshot.persistence.PlainRows;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.config.ConfigProvider;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** The rows as they are read and written before the service is up are those of the service. */
@QuarkusTest
class PlainRowsTest extends Suite {

    @Inject
    Rows.Sources sources;

    @Inject
    CredentialSeal seal;

    @Inject
    Flyway flyway;

    private PlainRows plain() {
        return plain("public");
    }

    private PlainRows plain(String schema) {
        return plain(schema, seal);
    }

    private static PlainRows plain(String schema, CredentialSeal seal) {
        String url = setting("jdbc.url");
        String inSchema = url + (url.contains("?") ? "&" : "?") + "currentSchema=" + schema;
        return new PlainRows(inSchema, setting("username"), setting("password"), seal);
    }

    private static String setting(String name) {
        return ConfigProvider.getConfig().getValue("quarkus.datasource." + name, String.class);
    }

    @Test
    void theyAreOfTheNewestSchema() {
        assertThat(flyway.info().current().getVersion().getVersion()).isEqualTo(PlainRows.SCHEMA);
    }

    @Test
    void aSchemaThatIsNotMigratedIsLeftAlone() {
        open();
        assertThat(plain().unclosed()).hasSize(1);
        assertThat(plain("nowhere").unclosed()).isEmpty();
    }

    @Test
    void aViewThatIsChangedInOneWayIsTheSameInTheOther() {
        View known = open();
        assertThat(plain().unclosed()).containsExactly(known);
        View full = plain().change(known.moment(), View::full);
        assertThat(full).isEqualTo(known.full());
        assertThat(views.unclosed()).containsExactly(full);
        assertThat(views.change(known.moment(), View::letGo)).isEqualTo(full.letGo());
        assertThat(plain().unclosed()).containsExactly(full.letGo());
    }

    private View open() {
        TestVm vm = vm("plain", new TestVm.Disk("vda", "qcow2", MIB));
        vm.start();
        api.openView(request(vm, UUID.randomUUID(), UUID.randomUUID(), List.of()));
        return views.unclosed().getFirst();
    }

    @Test
    void aSourceIsReadWithWhatOpensIt() {
        Source lab = sources.byName(SOURCE).orElseThrow();
        Source sealed = new Source(
                UUID.randomUUID(),
                "sealed",
                "test:///default",
                "libvirt",
                "pool",
                7L,
                "unix",
                "ok",
                null,
                lab.createdAt(),
                new SourceCredentials("somebody", "a secret"),
                false);
        sources.add(sealed);
        try {
            assertThat(plain().sources()).containsExactlyInAnyOrder(lab, sealed);
            List<Source> withAnotherKey =
                    plain("public", new CredentialSeal(null)).sources();
            assertThat(withAnotherKey).hasSize(2).contains(lab);
            assertThat(withAnotherKey)
                    .filteredOn(Source::locked)
                    .extracting(Source::id)
                    .containsExactly(sealed.id());
        } finally {
            sources.remove(sealed.id());
        }
    }
}
