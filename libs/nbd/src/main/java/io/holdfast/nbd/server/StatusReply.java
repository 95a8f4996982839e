package io.holdfast.nbd.server;

import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.nbd.wire.Protocol.Chunk;
import io.holdfast.nbd.wire.Protocol.Command;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Answers block status requests: one chunk for each selected context. */
final class StatusReply {

    /** Extents of one chunk, 64 KiB on the wire; the client asks again from where it ends. */
    private static final int MAX_EXTENTS = 8_192;

    private final NbdExport export;
    private final List<String> contexts;
    private final ReplyWriter replies;

    /** The id of a context on the wire is its index in {@code contexts}. */
    StatusReply(NbdExport export, List<String> contexts, ReplyWriter replies) {
        this.export = export;
        this.contexts = contexts;
        this.replies = replies;
    }

    void send(Request request) throws IOException, ExportFailure {
        int limit = request.has(Command.FLAG_REQ_ONE) ? 1 : MAX_EXTENTS;
        List<ByteBuffer> chunks = new ArrayList<>();
        try {
            for (int id = 0; id < contexts.size(); id++) {
                chunks.add(chunk(id, request, limit));
            }
        } catch (RuntimeException e) {
            throw new ExportFailure(e);
        }
        for (int i = 0; i < chunks.size(); i++) {
            replies.chunk(request.cookie(), Chunk.BLOCK_STATUS, i == chunks.size() - 1, chunks.get(i));
        }
    }

    private ByteBuffer chunk(int id, Request request, int limit) {
        List<NbdExtent> extents = Extents.of(export, contexts.get(id), request.offset(), request.length(), limit);
        ByteBuffer payload = ByteBuffer.allocate(4 + 8 * extents.size()).putInt(id);
        // Each is clipped to the request and so fits into 32 bits.
        extents.forEach(extent -> payload.putInt((int) extent.length()).putInt(extent.flags()));
        return payload.flip();
    }
}
