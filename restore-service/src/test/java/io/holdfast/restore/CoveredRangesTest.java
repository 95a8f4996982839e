package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.restore.domain.CoveredRanges;
import io.holdfast.vault.Range;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoveredRangesTest {

    private static final int SIZE = 300;

    private static BitSet missing(CoveredRanges covered, int from, int length) {
        BitSet bits = new BitSet();
        long at = from;
        for (Range range : covered.missing(from, length)) {
            assertThat(range.offset()).isGreaterThanOrEqualTo(at);
            at = range.end();
            bits.set((int) range.offset(), (int) range.end());
        }
        assertThat(at).isLessThanOrEqualTo(from + (long) length);
        return bits;
    }

    private static BitSet uncovered(BitSet covered, int from, int length) {
        BitSet bits = new BitSet();
        bits.set(from, from + length);
        bits.andNot(covered);
        return bits;
    }

    @Test
    void whatWasNotAddedIsMissingAndNothingElse() {
        long seed = Long.getLong("holdfast.seed", new Random().nextLong());
        System.out.println("-Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            CoveredRanges covered = new CoveredRanges(1_000);
            BitSet expected = new BitSet();
            for (int i = 0; i < 40; i++) {
                int offset = random.nextInt(SIZE);
                int length = 1 + random.nextInt(20);
                covered.add(offset, length);
                expected.set(offset, offset + length);
                int from = random.nextInt(SIZE);
                int asked = 1 + random.nextInt(SIZE);
                assertThat(missing(covered, from, asked)).isEqualTo(uncovered(expected, from, asked));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void whatDoesNotFitIsForgottenNeverMadeUp(int most) {
        CoveredRanges covered = new CoveredRanges(most);
        BitSet added = new BitSet();
        for (int offset = 0; offset < SIZE; offset += 10) {
            covered.add(offset, 5);
            added.set(offset, offset + 5);
        }
        BitSet known = uncovered(missing(covered, 0, SIZE), 0, SIZE);
        assertThat(known.cardinality()).isEqualTo(5 * most);
        known.andNot(added);
        assertThat(known.isEmpty()).isTrue();
    }
}
