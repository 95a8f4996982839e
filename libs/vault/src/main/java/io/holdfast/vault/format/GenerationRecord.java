package io.holdfast.vault.format;

import java.time.Instant;
import java.util.List;

/**
 * What a collection found: packs that no point needs.
 *
 * @param number of the generation, from 1
 * @param at when it was written, for people
 * @param suspected seen without a reference, first in the generation of the mark
 * @param condemned not to be referred to any more, since the generation of the mark; deleted when nobody can refer to them
 */
public record GenerationRecord(long number, Instant at, List<Mark> suspected, List<Mark> condemned) {

    /** Marks of each kind that a generation has at most. */
    public static final int MOST_MARKS = 500_000;

    /** What there is before the first collection. */
    public static final GenerationRecord NONE = new GenerationRecord(0, Instant.EPOCH, List.of(), List.of());

    public GenerationRecord {
        suspected = List.copyOf(suspected);
        condemned = List.copyOf(condemned);
    }

    /** A pack, and since which generation it is marked. */
    public record Mark(String pack, long since) {}

    public byte[] encode() {
        return new ByteWriter(1024)
                .u64(number)
                .instant(at)
                .list(suspected, GenerationRecord::mark)
                .list(condemned, GenerationRecord::mark)
                .toByteArray();
    }

    public static GenerationRecord decode(byte[] body) {
        ByteReader in = new ByteReader(body);
        GenerationRecord record = new GenerationRecord(
                in.u64(),
                in.instant(),
                in.list(MOST_MARKS, GenerationRecord::mark),
                in.list(MOST_MARKS, GenerationRecord::mark));
        in.end();
        return record;
    }

    private static void mark(ByteWriter out, Mark mark) {
        out.hex(mark.pack()).varint(mark.since());
    }

    private static Mark mark(ByteReader in) {
        return new Mark(in.hex(16), in.varint());
    }
}
