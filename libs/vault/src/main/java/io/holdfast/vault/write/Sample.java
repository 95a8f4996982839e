package io.holdfast.vault.write;

import java.util.Arrays;
import java.util.Random;

/**
 * A few of any number of values, each as likely as any other, without holding or counting them before (Li, "Reservoir-sampling
 * algorithms of time complexity O(n(1+log(N/n)))", ACM TOMS 20, 1994, algorithm L). Confined to one thread.
 */
final class Sample {

    private final Random random;
    private final long[] kept;
    private int size;
    private double weight;
    /** Values that are passed over before the next one is taken. */
    private double toPass;

    /** @param most values that are kept, at least 1 */
    Sample(int most, Random random) {
        this.random = random;
        kept = new long[most];
        weight = nextWeight(1);
    }

    /** Offers one value. */
    void offer(long value) {
        offer(value, value + 1);
    }

    /** Offers every value from {@code from} to before {@code to}; takes time for those that are kept. */
    void offer(long from, long to) {
        long at = from;
        while (at < to && size < kept.length) {
            kept[size++] = at++;
            if (size == kept.length) {
                toPass = nextGap();
            }
        }
        while (to - at > toPass) {
            at += (long) toPass;
            kept[random.nextInt(kept.length)] = at++;
            weight = nextWeight(weight);
            toPass = nextGap();
        }
        if (size == kept.length) {
            toPass -= to - at;
        }
    }

    /** What was kept, in ascending order. */
    long[] sorted() {
        long[] values = Arrays.copyOf(kept, size);
        Arrays.sort(values);
        return values;
    }

    private double nextWeight(double before) {
        return before * Math.exp(Math.log(positive()) / kept.length);
    }

    private double nextGap() {
        return Math.floor(Math.log(positive()) / Math.log1p(-weight));
    }

    private double positive() {
        return 1 - random.nextDouble();
    }
}
