package io.holdfast.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.catalog.support.CatalogTest;
import io.holdfast.catalog.support.Database;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While a vault is away, each look into it lasts minutes, for a day: they must not keep everything else from running. */
@QuarkusTest
class LookTurnsTest extends CatalogTest {

    @BeforeEach
    void twoVaultsThatAreAwayAndOneThatIsNot() {
        for (String name : new String[] {"away", "gone", "fine"}) {
            vault(name);
        }
        for (int i = 2; i < 8; i++) {
            snapshotService.addVm("lab", "vm-" + i, "web" + i);
        }
    }

    /** A job that only has to be looked at, due now. */
    private static void inDoubt(String vm, String vault) {
        String job = backup(vm, vault);
        Database.run("update job set ending = 'CANCELLED', cancel_requested = true, doubtful = true,"
                + " look_until = now() + interval '1 day' where id = '" + job + "'");
    }

    private static Response tryLeaseOf(String instance) {
        return worker().body(Map.of("runner", "BACKUP_WORKER", "instance", instance))
                .post(API + "/runner/lease");
    }

    private static JsonNode leaseOf(String instance) {
        Response reply = tryLeaseOf(instance);
        assertThat(reply.statusCode()).isEqualTo(200);
        return tree(reply);
    }

    private static boolean looks(JsonNode leased) {
        return leased.path("lookOnly").asBoolean();
    }

    @Test
    void oneLookAtATimeIsTakenIntoAVault() {
        inDoubt("web2", "away");
        inDoubt("web3", "away");
        JsonNode first = leaseOf("one");
        assertThat(looks(first)).isTrue();
        assertThat(tryLeaseOf("two").statusCode()).isEqualTo(204);
        end(first.path("job").asText(), failure(first, "vault-unreachable", "PERHAPS"))
                .then()
                .statusCode(204);
        assertThat(looks(leaseOf("two"))).isTrue();
    }

    @Test
    void aProcessLooksInOnePlaceAndBacksUpInTheOthers() {
        inDoubt("web2", "away");
        inDoubt("web3", "gone");
        backup("web4", "fine");
        assertThat(looks(leaseOf("one"))).isTrue();
        assertThat(looks(leaseOf("one"))).isFalse();
        assertThat(tryLeaseOf("one").statusCode()).isEqualTo(204);
        assertThat(looks(leaseOf("two"))).isTrue();
    }

    @Test
    void aProcessWithOnePlaceTakesTurns() {
        inDoubt("web2", "away");
        inDoubt("web3", "away");
        backup("web4", "fine");
        backup("web5", "fine");
        for (boolean look : new boolean[] {true, false, true, false}) {
            JsonNode leased = leaseOf("one");
            assertThat(looks(leased)).isEqualTo(look);
            String code = look ? "vault-unreachable" : "no-space";
            end(leased.path("job").asText(), failure(leased, code, look ? "PERHAPS" : "NOTHING"))
                    .then()
                    .statusCode(204);
        }
    }

    @Test
    void aLookComesFirstWhereNoneWasTakenLastAndAgainWhereNothingElseWaits() {
        backup("web4", "fine");
        inDoubt("web2", "away");
        inDoubt("web3", "gone");
        JsonNode first = leaseOf("one");
        assertThat(looks(first)).isTrue();
        Database.run("update job set not_before = now() + interval '1 hour' where vault ="
                + " (select id from vault where name = 'fine')");
        end(first.path("job").asText(), failure(first, "vault-unreachable", "PERHAPS"))
                .then()
                .statusCode(204);
        assertThat(looks(leaseOf("one"))).isTrue();
    }
}
