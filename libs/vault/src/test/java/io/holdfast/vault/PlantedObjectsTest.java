package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Objects that somebody with the keys of the store, and not of the vault, put where the next ones belong. */
class PlantedObjectsTest extends SeveralPrograms {

    @Test
    void forgettingAllBelowAPlantedObjectHidesNoLaterPoint() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", small());
            String key = keys("points/").getFirst();
            store.objects.put(key.substring(0, key.length() - 16) + "0000000000000040", new byte[5]);
            vault.forget("vm-1", ids(one));
            PointManifest two = Vaults.full(vault, "two", small());
            assertThat(two.sequence()).isEqualTo(3);
        }
    }

    @Test
    void aPlantedObjectDoesNotRaiseTheFloorAboveAPointThatIsCommittedMeanwhile() throws Exception {
        ScriptedStore mine = client();
        try (Vault vault = Vaults.create(store);
                Vault own = open(mine)) {
            PointManifest one = Vaults.full(vault, "one", small());
            String key = keys("points/").getFirst();
            store.objects.put(key.substring(0, key.length() - 16) + "0000000000000040", new byte[5]);
            AtomicReference<PointManifest> between = new AtomicReference<>();
            mine.before = (request, k) -> {
                if (isRecordPut(request, k) && between.get() == null) {
                    unchecked(() -> between.set(Vaults.full(vault, "two", noise(1 << 20))));
                }
            };
            ForgetReport _ = own.forget("vm-1", ids(one));
            mine.heal();
            assertThat(vault.points("vm-1")).containsExactly(between.get());
        }
    }

    @Test
    void aPlantedGenerationStopsNoCollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            PointManifest one = Vaults.full(vault, "one", noise(1 << 20));
            store.objects.put("generations/7fffffffffffffff", new byte[5]);
            vault.forget("vm-1", ids(one));
            assertThat(vault.collect(CollectOptions.defaults()).deletedPacks()).isPositive();
            assertThat(keys("packs/")).isEmpty();
        }
    }

    @Test
    void aPlantedObjectFarAboveStopsNoCollection() throws Exception {
        try (Vault vault = Vaults.create(store)) {
            Vaults.full(vault, "one", small());
            String key = keys("points/").getFirst();
            store.objects.put(key.substring(0, key.length() - 16) + "7fffffffffffffff", new byte[5]);
            Vaults.full(vault, "two", small());
            assertThat(vault.collect(CollectOptions.defaults()).obstacles()).isEmpty();
        }
    }
}
