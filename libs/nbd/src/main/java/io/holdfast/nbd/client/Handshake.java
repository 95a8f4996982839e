package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.client.OptionChannel.Reply;
import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.Protocol.InfoType;
import io.holdfast.nbd.wire.Protocol.Option;
import io.holdfast.nbd.wire.Protocol.Rep;
import io.holdfast.nbd.wire.Transport;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client's side of a fixed newstyle handshake. */
final class Handshake {

    private static final int MAX_REPLIES = 256;
    private static final int MAX_CONTEXTS = 64;

    private final OptionChannel options;
    private final byte[] exportName;
    private final NbdClientOptions wishes;

    Handshake(Transport transport, WireInput in, String exportName, NbdClientOptions wishes) {
        this.options = new OptionChannel(transport, in);
        this.exportName = exportName.getBytes(StandardCharsets.UTF_8);
        this.wishes = wishes;
    }

    /** Reads the server's greeting and answers it. Everything after it are options. */
    static void greet(Transport transport, WireInput in) throws IOException {
        if (in.i64() != Protocol.MAGIC) {
            throw NbdException.protocol("the peer is not an NBD server");
        }
        if (in.i64() != Protocol.OPTION_MAGIC) {
            throw NbdException.protocol("the NBD server speaks only the oldstyle handshake");
        }
        int flags = in.u16();
        if ((flags & Protocol.FIXED_NEWSTYLE) == 0) {
            throw NbdException.protocol("the NBD server does not speak the fixed newstyle handshake");
        }
        int own = Protocol.FIXED_NEWSTYLE | (flags & Protocol.NO_ZEROES);
        transport.write(ByteBuffer.allocate(4).putInt(own).flip());
    }

    /** Asks for TLS on a connection that was just greeted; afterwards the TLS handshake begins. */
    static void startTls(Transport transport, WireInput in) throws IOException {
        Reply reply = new OptionChannel(transport, in).ask(Option.STARTTLS);
        if (reply.isError()) {
            throw new NbdException(NbdException.Kind.TLS, "the NBD server offers no TLS");
        }
        if (in.hasBuffered()) {
            throw NbdException.protocol("the server sent more before TLS began");
        }
    }

    /** From the first option to the choice of the export. */
    Agreed agree() throws IOException {
        boolean structured = !options.ask(Option.STRUCTURED_REPLY).isError();
        Map<String, Integer> contexts = structured ? selectContexts() : Map.of();
        return go(structured, contexts);
    }

    private Map<String, Integer> selectContexts() throws IOException {
        Set<String> names = new LinkedHashSet<>();
        List<String> kinds = new ArrayList<>();
        for (String wish : wishes.metaContexts()) {
            if (wish.endsWith(":")) {
                kinds.add(wish);
            } else {
                names.add(wish);
            }
        }
        if (!kinds.isEmpty()) {
            names.addAll(contexts(Option.LIST_META_CONTEXT, kinds).keySet());
        }
        if (names.isEmpty()) {
            return Map.of();
        }
        Map<String, Integer> selected = contexts(Option.SET_META_CONTEXT, List.copyOf(names));
        if (!names.containsAll(selected.keySet())
                || Set.copyOf(selected.values()).size() != selected.size()) {
            throw NbdException.protocol("the server selected meta contexts that were not asked for");
        }
        return selected;
    }

    private Map<String, Integer> contexts(int option, List<String> queries) throws IOException {
        options.send(option, contextQuery(queries));
        Map<String, Integer> found = new LinkedHashMap<>();
        for (Reply reply = options.receive(option); reply.type() != Rep.ACK; reply = options.receive(option)) {
            if (reply.isError()) {
                if (reply.type() == Rep.ERR_UNSUP || reply.type() == Rep.ERR_POLICY) {
                    return Map.of();
                }
                throw OptionChannel.refusal(reply);
            }
            if (reply.type() != Rep.META_CONTEXT || reply.payload().remaining() < 5) {
                throw NbdException.protocol("a meta context is announced with type " + reply.type());
            }
            int id = reply.payload().getInt();
            if (found.put(OptionChannel.text(reply.payload()), id) != null || found.size() > MAX_CONTEXTS) {
                throw NbdException.protocol("a meta context is announced twice, or too many are");
            }
        }
        return found;
    }

    private ByteBuffer contextQuery(List<String> queries) {
        List<byte[]> names =
                queries.stream().map(q -> q.getBytes(StandardCharsets.UTF_8)).toList();
        int bytes = names.stream().mapToInt(name -> 4 + name.length).sum();
        ByteBuffer payload = ByteBuffer.allocate(8 + exportName.length + bytes);
        payload.putInt(exportName.length).put(exportName).putInt(names.size());
        names.forEach(name -> payload.putInt(name.length).put(name));
        return payload.flip();
    }

    private Agreed go(boolean structured, Map<String, Integer> contexts) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(8 + exportName.length);
        payload.putInt(exportName.length).put(exportName);
        payload.putShort((short) 1).putShort((short) InfoType.BLOCK_SIZE);
        options.send(Option.GO, payload.flip());
        ByteBuffer export = null;
        ByteBuffer blockSize = null;
        int replies = 0;
        for (Reply reply = options.receive(Option.GO); reply.type() != Rep.ACK; reply = options.receive(Option.GO)) {
            if (reply.isError()) {
                throw OptionChannel.refusal(reply);
            }
            if (reply.type() != Rep.INFO || reply.payload().remaining() < 2 || ++replies > MAX_REPLIES) {
                throw NbdException.protocol("the choice of the export is answered with type " + reply.type());
            }
            switch (Short.toUnsignedInt(reply.payload().getShort())) {
                case InfoType.EXPORT -> export = once(export, reply.payload(), 10);
                case InfoType.BLOCK_SIZE -> blockSize = once(blockSize, reply.payload(), 12);
                default -> {} // Other information was not asked for, but may come.
            }
        }
        if (export == null) {
            throw NbdException.protocol("the server did not tell the size of the export");
        }
        return agreed(export, blockSize, structured, contexts);
    }

    private static ByteBuffer once(@Nullable ByteBuffer before, ByteBuffer payload, int length) {
        if (before != null || payload.remaining() != length) {
            throw NbdException.protocol("information on the export came twice or has a wrong length");
        }
        return payload;
    }

    private Agreed agreed(
            ByteBuffer export, @Nullable ByteBuffer blockSize, boolean structured, Map<String, Integer> contexts) {
        long size = export.getLong();
        int flags = Short.toUnsignedInt(export.getShort());
        if (size < 0 || (flags & Protocol.Flag.HAS_FLAGS) == 0) {
            throw NbdException.protocol("the size or the flags of the export are not possible");
        }
        // Without the information the whole protocol's defaults hold: any alignment, 32 MiB.
        int min = 1;
        long max = Protocol.MAX_PAYLOAD;
        if (blockSize != null) {
            min = blockSize.getInt();
            long preferred = Integer.toUnsignedLong(blockSize.getInt());
            max = Integer.toUnsignedLong(blockSize.getInt());
            boolean sane = min >= 1 && min <= 1 << 16 && Integer.bitCount(min) == 1 && preferred >= min;
            if (!sane || max < Math.min(Math.max(min, 512), Math.max(1, size))) {
                throw NbdException.protocol("the block sizes of the export are not possible");
            }
        }
        int request = (int) Math.min(max, wishes.maxRequestBytes()) & -min;
        return new Agreed(size, flags, min, Math.max(request, min), structured, contexts);
    }
}
