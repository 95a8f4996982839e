package io.holdfast.vault.format;

import io.holdfast.vault.ChainHead;
import io.holdfast.vault.chain.ChainLink;
import io.holdfast.vault.chain.FenceRecord;
import io.holdfast.vault.chain.GapRecord;
import io.holdfast.vault.chain.RemovalRecord;
import io.holdfast.vault.chain.RemovalRecord.Removed;
import io.holdfast.vault.chain.Slot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The bodies of what can stand in a chain. */
public final class RecordCodec {

    static final int POINT = 1;
    private static final int REMOVAL = 2;
    private static final int FENCE = 3;
    private static final int GAP = 4;
    private static final int MAX_REMOVED = 500_000;

    private RecordCodec() {}

    public static byte[] encode(RemovalRecord removal) {
        ByteWriter out = LinkCodec.write(new ByteWriter(1024), REMOVAL, removal.vm(), removal.link());
        return out.instant(removal.at())
                .u64(removal.floor())
                .list(removal.removed(), RecordCodec::removed)
                .toByteArray();
    }

    public static byte[] encode(FenceRecord fence) {
        return LinkCodec.write(new ByteWriter(256), FENCE, fence.vm(), fence.link())
                .instant(fence.at())
                .uuid(fence.session())
                .string(fence.job())
                .toByteArray();
    }

    public static byte[] encode(GapRecord gap) {
        return LinkCodec.write(new ByteWriter(256), GAP, gap.vm(), gap.link())
                .u64(gap.next())
                .toByteArray();
    }

    /** The record in {@code body}, which came from an object with this hash and size. */
    public static Slot.Linked decode(byte[] body, String hash, long objectSize) {
        ByteReader in = new ByteReader(body);
        int kind = in.u8();
        String vm = in.string(LinkCodec.MAX_TEXT);
        ChainLink link = LinkCodec.read(in, hash);
        Slot.Linked record = switch (kind) {
            case POINT -> new Slot.Point(ManifestCodec.decode(in, vm, link, objectSize));
            case REMOVAL ->
                new Slot.Removal(removal(vm, link, in.instant(), in.u64(), in.list(MAX_REMOVED, RecordCodec::removed)));
            case FENCE -> {
                var at = in.instant();
                yield new Slot.Fence(new FenceRecord(vm, link, in.uuid(), in.string(LinkCodec.MAX_TEXT), at));
            }
            case GAP -> new Slot.Gap(gap(vm, link, in.u64()));
            default -> throw new FormatException("a record of an unknown type");
        };
        in.end();
        return record;
    }

    private static RemovalRecord removal(String vm, ChainLink link, Instant at, long floor, List<Removed> removed) {
        if (floor < 0 || floor > link.sequence()) {
            throw new FormatException("a removal record that removes itself");
        }
        return new RemovalRecord(vm, link, at, floor, removed);
    }

    private static GapRecord gap(String vm, ChainLink link, long next) {
        if (next <= link.sequence()) {
            throw new FormatException("a gap that leads backwards");
        }
        return new GapRecord(vm, link, next);
    }

    private static void removed(ByteWriter out, Removed removed) {
        out.u64(removed.head().sequence()).hex(removed.head().hash());
        out.opt(removed.point(), ByteWriter::uuid);
        LinkCodec.previous(out, removed.previous());
        LinkCodec.skipped(out, removed.skipped());
    }

    private static Removed removed(ByteReader in) {
        ChainHead head = new ChainHead(in.u64(), in.hex(32));
        Optional<UUID> point = in.opt(ByteReader::uuid);
        return new Removed(head, point, LinkCodec.previous(in), LinkCodec.skipped(in));
    }
}
