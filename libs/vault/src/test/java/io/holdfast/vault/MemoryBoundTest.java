package io.holdfast.vault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Backups of large sparse disks in a JVM that would die if the engine kept what it should not. */
class MemoryBoundTest {

    @Test
    void aSparseDiskOf64GibIsBackedUpInAHeapOf96Mib() throws Exception {
        run("-Xmx96m", 64L << 30, 192L << 20, 400);
    }

    @Test
    @EnabledIfSystemProperty(named = "holdfast.all", matches = "true")
    void aDiskOf2TibWith8GibOfDataIsBackedUpWithin512Mib() throws Exception {
        run("-Xmx192m", 2L << 40, 8L << 30, 512);
    }

    private static void run(String heap, long size, long data, long mostMib) throws Exception {
        BoundedProcess ran = BoundedProcess.run(heap, SparseBackup.class, Long.toString(size), Long.toString(data));
        assertThat(ran.peakMib()).as("MiB resident at most").isLessThan(mostMib);
        assertThat(ran.number("stored")).as(ran.output()).isGreaterThan(data / 3);
    }
}
