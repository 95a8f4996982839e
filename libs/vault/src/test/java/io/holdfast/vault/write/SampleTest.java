package io.holdfast.vault.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void fewValuesAreAllKept() {
        Sample sample = new Sample(8, new Random(1));
        sample.offer(5, 9);
        sample.offer(2);
        sample.offer(20, 20);
        assertThat(sample.sorted()).containsExactly(2, 5, 6, 7, 8);
    }

    /** 400 samples of 32 out of 4,096: each 16th of the values is hit 800 times on average, standard deviation 27. */
    @Test
    void everyValueIsAsLikelyAsAnother() {
        int[] hits = new int[16];
        for (int run = 0; run < 400; run++) {
            Sample sample = new Sample(32, new Random(run));
            for (long from = 0; from < 4096; from += 64) {
                sample.offer(from, from + 60);
                LongStream.range(from + 60, from + 64).forEach(sample::offer);
            }
            long[] values = sample.sorted();
            assertThat(values).hasSize(32).doesNotHaveDuplicates();
            LongStream.of(values).forEach(value -> hits[(int) (value / 256)]++);
        }
        assertThat(IntStream.of(hits).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(650, 950));
    }

    @Test
    void aLargeDiskTakesNoTime() {
        Sample sample = new Sample(256, new Random(3));
        sample.offer(0, 1L << 44);
        long[] values = sample.sorted();
        assertThat(values).hasSize(256);
        assertThat(values[255]).isBetween(1L << 43, (1L << 44) - 1);
    }
}
