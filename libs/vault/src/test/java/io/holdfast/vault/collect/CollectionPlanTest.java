package io.holdfast.vault.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.vault.format.GenerationRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CollectionPlanTest {
    @Test
    void marksNeverOutgrowAGeneration() {
        List<GenerationRecord.Mark> condemned = new ArrayList<>();
        List<GenerationRecord.Mark> suspected = new ArrayList<>();
        Map<String, Long> there = new HashMap<>();
        for (int i = 0; i < 800_000; i++) {
            String id =
                    new java.util.UUID(i * 0x9E3779B97F4A7C15L, i).toString().replace("-", "");
            there.put(id, 16_777_216L + i);
            (i % 2 == 0 ? condemned : suspected).add(new GenerationRecord.Mark(id, i % 2 == 0 ? 6 : 5));
        }
        GenerationRecord known = new GenerationRecord(6, Instant.EPOCH, suspected, condemned);
        // A session of generation 5 is in the way of what is condemned since 6, not of what is suspected since 5.
        CollectionPlan plan = CollectionPlan.of(new CollectionPlan.Seen(known, 7, there, Set.of(), 5), Instant.EPOCH);
        assertThat(plan.next().condemned()).hasSizeLessThanOrEqualTo(GenerationRecord.MOST_MARKS);
        GenerationRecord read = GenerationRecord.decode(plan.next().encode());
        assertThat(read.number()).isEqualTo(7);
    }
}
