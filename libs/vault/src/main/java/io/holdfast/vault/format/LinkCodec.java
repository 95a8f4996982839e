package io.holdfast.vault.format;

import io.holdfast.vault.ChainHead;
import io.holdfast.vault.chain.ChainLink;
import java.util.List;
import java.util.Optional;

/** How every record of a chain begins: its kind, the machine, and where it hangs. */
final class LinkCodec {

    static final int MAX_TEXT = 8192;
    private static final int MAX_SKIPPED = 100_000;
    private static final String NO_HASH = "0".repeat(64);

    private LinkCodec() {}

    static ByteWriter write(ByteWriter out, int kind, String vm, ChainLink link) {
        out.u8(kind).string(vm).u64(link.sequence());
        previous(out, link.previous());
        skipped(out, link.skipped());
        return out.u64(link.removals());
    }

    static void previous(ByteWriter out, Optional<ChainHead> previous) {
        ChainHead head = previous.orElse(new ChainHead(0, NO_HASH));
        out.u64(head.sequence()).hex(head.hash());
    }

    static void skipped(ByteWriter out, List<ChainHead> skipped) {
        out.list(skipped, (o, s) -> o.u64(s.sequence()).hex(s.hash()));
    }

    /** Reads what follows the machine. */
    static ChainLink read(ByteReader in, String hash) {
        return new ChainLink(in.u64(), hash, previous(in), skipped(in), in.u64());
    }

    static Optional<ChainHead> previous(ByteReader in) {
        ChainHead before = new ChainHead(in.u64(), in.hex(32));
        return before.sequence() == 0 ? Optional.empty() : Optional.of(before);
    }

    static List<ChainHead> skipped(ByteReader in) {
        return in.list(MAX_SKIPPED, i -> new ChainHead(i.u64(), i.hex(32)));
    }
}
