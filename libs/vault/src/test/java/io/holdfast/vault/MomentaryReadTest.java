package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.vault.format.GenerationRecord;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Reads that go wrong once: nothing is deleted for it. */
class MomentaryReadTest extends SeveralPrograms {

    @Test
    void oneReadThatFailsOnceCostsNothing() throws Exception {
        for (int n = 1; n < 14; n++) {
            store.objects.clear();
            ScriptedStore e = client();
            try (Vault vault = Vaults.create(store);
                    Vault ve = open(e)) {
                PointManifest base = Vaults.full(vault, "base", noise(1 << 20));
                String first = keys("points/").getFirst();
                Vaults.full(vault, "later", small());
                vault.collect(CollectOptions.defaults());
                assertThat(keys("sessions/")).isEmpty();
                List<GenerationRecord.Mark> marks = base.packs()
                        .map(pack -> new GenerationRecord.Mark(pack, 1))
                        .toList();
                vault.parts().generations().put(new GenerationRecord(1, Vaults.NOW, List.of(), marks));
                AtomicInteger reads = new AtomicInteger();
                int fails = n;
                e.before = (request, key) -> {
                    if (request.equals("get") && key.equals(first) && reads.incrementAndGet() == fails) {
                        throw ScriptedStore.unavailable();
                    }
                };
                CollectReport report = ve.collect(CollectOptions.defaults());
                assertThat(report.deletedPacks()).isZero();
                assertThat(vault.preflight(base).damages()).as("read %d", n).isEmpty();
            }
        }
    }

    @Test
    void oneReadThatGivesOtherBytesOnceCostsNothing() throws Exception {
        for (int n = 1; n < 9; n++) {
            store.objects.clear();
            ScriptedStore e = client();
            try (Vault vault = Vaults.create(store);
                    Vault ve = open(e)) {
                PointManifest base = Vaults.full(vault, "base", noise(1 << 20));
                String first = keys("points/").getFirst();
                Vaults.full(vault, "later", small());
                vault.collect(CollectOptions.defaults());
                byte[] good = store.object(first);
                byte[] flipped = good.clone();
                flipped[100] ^= 1;
                AtomicInteger reads = new AtomicInteger();
                int fails = n;
                e.before = (request, key) -> {
                    boolean now = request.equals("get") && key.equals(first) && reads.incrementAndGet() == fails;
                    store.objects.put(first, now ? flipped : good);
                };
                CollectReport report = ve.collect(CollectOptions.defaults());
                e.heal();
                store.objects.put(first, good);
                assertThat(report.deletedPacks()).isZero();
                assertThat(vault.preflight(base).damages()).as("read %d", n).isEmpty();
            }
        }
    }

    @Test
    void aGenerationThatIsReplacedWhileItIsReadIsLookedForAgain() throws Exception {
        ScriptedStore s = client();
        try (Vault vault = Vaults.create(store);
                Vault vs = open(s)) {
            var generations = vault.parts().generations();
            generations.put(new GenerationRecord(5, Vaults.NOW, List.of(), List.of()));
            s.before = (request, key) -> {
                if (request.equals("get") && key.endsWith("5")) {
                    generations.put(new GenerationRecord(6, Vaults.NOW, List.of(), List.of()));
                    store.objects.remove(key);
                }
            };
            assertThat(vs.parts().generations().newest().number()).isEqualTo(6);
        }
    }
}
