package io.holdfast.vault;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random histories of a vault that several programs use at once. */
class ModelHistoryTest {

    @Test
    void whateverProgramsDoToAVaultEveryPointThatIsListedRestores() throws Exception {
        long first = Long.getLong("holdfast.seed", System.nanoTime());
        int histories = Boolean.getBoolean("holdfast.all") ? 2000 : 200;
        for (long seed = first; seed < first + histories; seed++) {
            try {
                new ModelHistory(new Random(seed)).run();
            } catch (Throwable e) {
                throw new AssertionError("failed with -Dholdfast.seed=" + seed, e);
            }
        }
    }
}
