package io.holdfast.nbd.server.handshake;

import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExports;
import io.holdfast.nbd.NbdRefusedException;
import io.holdfast.nbd.NbdServer;
import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.Protocol.Flag;
import io.holdfast.nbd.wire.Protocol.InfoType;
import io.holdfast.nbd.wire.Protocol.Option;
import io.holdfast.nbd.wire.Protocol.Rep;
import io.holdfast.nbd.wire.SocketTransport;
import io.holdfast.nbd.wire.Transport;
import io.holdfast.nbd.wire.WireInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a fixed newstyle handshake. Where TLS is demanded, nothing but STARTTLS and ABORT is answered
 * before it. Names of exports are secrets: they are never listed, and an unknown one is told from nothing else.
 */
public final class ServerHandshake implements AutoCloseable {

    private static final int BUFFER = 16 << 10;

    /** Longest payload of an option that is looked at: a name and a few dozen queries. */
    private static final int MAX_OPTION = 32 << 10;

    private static final int MAX_OPTIONS = 64;
    private static final int MAX_CONTEXTS = 17;

    private final NbdExports exports;
    private final @Nullable SSLContext tls;
    private final NbdServer.Listener listener;
    private Transport transport;
    private WireInput in;
    private boolean secured;
    private boolean structured;
    private boolean zeroes;
    private String contextsOf = "";
    private List<String> contexts = List.of();
    private @Nullable NbdExport export;
    private @Nullable String exportName;

    /** Told once when the client has authenticated by TLS; what it throws ends the connection. */
    @FunctionalInterface
    public interface Authenticated {
        void now() throws IOException;
    }

    /** {@code tls} demands TLS; {@code null} is for unix sockets and tests on loopback. */
    public ServerHandshake(
            Transport transport, @Nullable SSLContext tls, NbdExports exports, NbdServer.Listener listener) {
        this.transport = transport;
        this.in = new WireInput(transport, BUFFER);
        this.tls = tls;
        this.secured = tls == null;
        this.exports = exports;
        this.listener = listener;
    }

    /** Until an export is chosen; {@code null} when the client leaves, or is told to. */
    public @Nullable Chosen run(Authenticated authenticated) throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(18).putLong(Protocol.MAGIC).putLong(Protocol.OPTION_MAGIC);
        transport.write(hello.putShort((short) (Protocol.FIXED_NEWSTYLE | Protocol.NO_ZEROES))
                .flip());
        int flags = in.i32();
        int known = Protocol.FIXED_NEWSTYLE | Protocol.NO_ZEROES;
        if ((flags & Protocol.FIXED_NEWSTYLE) == 0 || (flags & ~known) != 0) {
            return null;
        }
        zeroes = (flags & Protocol.NO_ZEROES) == 0;
        for (int i = 0; i < MAX_OPTIONS; i++) {
            if (!in.awaitMore() || in.i64() != Protocol.OPTION_MAGIC) {
                return null;
            }
            int option = in.i32();
            long length = in.u32();
            if (length > MAX_OPTION) {
                reply(option, Rep.ERR_TOO_BIG);
                return null;
            }
            ByteBuffer payload = ByteBuffer.wrap(in.bytes((int) length));
            if (option == Option.ABORT) {
                reply(option, Rep.ACK);
                return null;
            }
            boolean before = secured;
            if (answer(option, payload)) {
                return chosen();
            }
            if (secured && !before) {
                authenticated.now();
            }
        }
        return null;
    }

    /** Closes an export that was opened but not chosen. */
    @Override
    public void close() {
        forget();
    }

    /** Whether the transmission begins. */
    private boolean answer(int option, ByteBuffer payload) throws IOException {
        if (option == Option.STARTTLS) {
            startTls(payload);
            return false;
        }
        if (!secured) {
            if (option == Option.EXPORT_NAME) {
                throw new IOException("an export was asked for without TLS");
            }
            reply(option, Rep.ERR_TLS_REQD);
            return false;
        }
        switch (option) {
            case Option.EXPORT_NAME -> {
                return exportName(payload);
            }
            case Option.GO, Option.INFO -> {
                return info(option, payload);
            }
            case Option.STRUCTURED_REPLY -> {
                structured |= !payload.hasRemaining();
                reply(option, payload.hasRemaining() ? Rep.ERR_INVALID : Rep.ACK);
            }
            case Option.LIST_META_CONTEXT, Option.SET_META_CONTEXT -> metaContexts(option, payload);
            case Option.LIST -> reply(option, Rep.ERR_POLICY);
            default -> reply(option, Rep.ERR_UNSUP);
        }
        return false;
    }

    private void startTls(ByteBuffer payload) throws IOException {
        if (tls == null) {
            reply(Option.STARTTLS, Rep.ERR_UNSUP);
        } else if (secured || payload.hasRemaining()) {
            reply(Option.STARTTLS, Rep.ERR_INVALID);
        } else {
            reply(Option.STARTTLS, Rep.ACK);
            if (in.hasBuffered()) {
                // What came in clear must not be taken for something that came under TLS.
                throw new IOException("the client sent more before TLS began");
            }
            transport = ((SocketTransport) transport).tlsServer(tls);
            in = new WireInput(transport, BUFFER);
            secured = true;
        }
    }

    private boolean exportName(ByteBuffer payload) throws IOException {
        String name = Strings.take(payload, payload.remaining());
        if (name == null || open(name) != Rep.ACK) {
            throw new IOException("an export was refused to a client that cannot be told so");
        }
        NbdExport found = opened();
        ByteBuffer reply = ByteBuffer.allocate(10 + (zeroes ? 124 : 0));
        reply.putLong(0, found.size()).putShort(8, transmissionFlags());
        transport.write(reply);
        return true;
    }

    private boolean info(int option, ByteBuffer payload) throws IOException {
        InfoRequest request = InfoRequest.parse(payload);
        if (request == null) {
            reply(option, Rep.ERR_INVALID);
            return false;
        }
        int result = open(request.name());
        if (result != Rep.ACK) {
            reply(option, result);
            return false;
        }
        ByteBuffer export = ByteBuffer.allocate(12).putShort((short) InfoType.EXPORT);
        reply(
                option,
                Rep.INFO,
                export.putLong(opened().size()).putShort(transmissionFlags()).flip());
        ByteBuffer blocks = ByteBuffer.allocate(14).putShort((short) InfoType.BLOCK_SIZE);
        blocks.putInt(1).putInt(64 << 10).putInt(Protocol.MAX_PAYLOAD);
        reply(option, Rep.INFO, blocks.flip());
        if (request.wantsName()) {
            byte[] name = request.name().getBytes(StandardCharsets.UTF_8);
            ByteBuffer echo = ByteBuffer.allocate(2 + name.length).putShort((short) InfoType.NAME);
            reply(option, Rep.INFO, echo.put(name).flip());
        }
        reply(option, Rep.ACK);
        return option == Option.GO;
    }

    private void metaContexts(int option, ByteBuffer payload) throws IOException {
        ContextQuery query = ContextQuery.parse(payload);
        if (query == null || !structured) {
            reply(option, Rep.ERR_INVALID);
            return;
        }
        boolean set = option == Option.SET_META_CONTEXT;
        if (set) {
            contexts = List.of();
        }
        int result = open(query.name());
        if (result != Rep.ACK) {
            reply(option, result);
            return;
        }
        List<String> matched = set ? query.select(offered()) : query.list(offered());
        for (int id = 0; id < matched.size(); id++) {
            byte[] name = matched.get(id).getBytes(StandardCharsets.UTF_8);
            ByteBuffer reply = ByteBuffer.allocate(4 + name.length).putInt(set ? id : 0);
            reply(option, Rep.META_CONTEXT, reply.put(name).flip());
        }
        reply(option, Rep.ACK);
        if (set) {
            contexts = matched;
            contextsOf = query.name();
        }
    }

    private List<String> offered() {
        List<String> names = new ArrayList<>();
        names.add(NbdExport.ALLOCATION);
        Set<String> more = opened().metaContexts();
        more.stream().sorted().limit(MAX_CONTEXTS - 1).forEach(names::add);
        return names;
    }

    /** Opens the export, or keeps the one that an earlier option opened; ACK or the error to answer. */
    private int open(String name) {
        if (export != null && name.equals(exportName)) {
            return Rep.ACK;
        }
        forget();
        try {
            export = exports.open(name);
            exportName = name;
            return Rep.ACK;
        } catch (NbdRefusedException e) {
            listener.exportRefused(e);
            return Rep.ERR_UNKNOWN;
        } catch (RuntimeException e) {
            listener.exportRefused(e);
            return Rep.ERR_PLATFORM;
        }
    }

    private void forget() {
        NbdExport before = export;
        export = null;
        if (before != null) {
            before.close();
        }
    }

    private NbdExport opened() {
        NbdExport found = export;
        if (found == null) {
            throw new IllegalStateException("no export is open");
        }
        return found;
    }

    private Chosen chosen() {
        NbdExport found = opened();
        export = null;
        List<String> selected = contextsOf.equals(exportName) ? contexts : List.of();
        return new Chosen(transport, in, found, structured, selected);
    }

    private short transmissionFlags() {
        int flags = Flag.HAS_FLAGS | Flag.READ_ONLY | Flag.CAN_MULTI_CONN;
        return (short) (structured ? flags | Flag.SEND_DF : flags);
    }

    private void reply(int option, int type) throws IOException {
        reply(option, type, ByteBuffer.allocate(0));
    }

    private void reply(int option, int type, ByteBuffer payload) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(20).putLong(Protocol.OPTION_REPLY_MAGIC);
        header.putInt(option).putInt(type).putInt(payload.remaining()).flip();
        transport.write(header, payload);
    }
}
