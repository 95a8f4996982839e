package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Collections of large vaults, in processes whose memory is bounded. */
class CollectBoundTest {

    @Test
    void aThousandPointsOfTenMillionBlocks() throws Exception {
        collects("-Xmx96m", 10_000_000, 1000, 256);
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.all", matches = "true", disabledReason = "only with --all: a minute")
    void aHundredPointsOfABillionBlocksWithin512Mib() throws Exception {
        collects("-Xmx320m", 1_000_000_000, 100, 512);
    }

    private static void collects(String heap, long blocks, int points, long mostMib) throws Exception {
        BoundedProcess ran =
                BoundedProcess.run(heap, SyntheticCollection.class, Long.toString(blocks), Integer.toString(points));
        long packs = ran.number("packs");
        assertThat(ran.number("deleted")).as(ran.output()).isEqualTo(packs / 100);
        assertThat(ran.number("requests")).as(ran.output()).isLessThan(3 * packs + 2L * points);
        assertThat(ran.peakMib()).as("MiB resident at most").isLessThan(mostMib);
    }
}
