package io.holdfast.nbd.server;

import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.nbd.wire.Protocol.Command;
import io.holdfast.nbd.wire.Protocol.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Answers reads, piece by piece. */
final class ReadReply {

    /** A hole smaller than this is sent as data: a chunk of its own would cost more than its zeros. */
    private static final int LEAST_HOLE = 32 << 10;

    private final NbdExport export;
    private final BufferPool.Share buffers;
    private final ReplyWriter replies;

    ReadReply(NbdExport export, BufferPool.Share buffers, ReplyWriter replies) {
        this.export = export;
        this.buffers = buffers;
        this.replies = replies;
    }

    /** The request is inside the export and at most 32 MiB long. */
    void send(Request request) throws IOException, InterruptedException, ExportFailure {
        if (!replies.structured()) {
            simple(request);
        } else if (!request.has(Command.FLAG_DF)) {
            structured(request);
        } else if (request.length() <= BufferPool.PIECE) {
            piece(request.cookie(), request.offset(), (int) request.length(), true);
        } else {
            replies.error(request.cookie(), Errno.EOVERFLOW);
        }
    }

    private void structured(Request request) throws IOException, InterruptedException, ExportFailure {
        long end = request.offset() + request.length();
        for (long at = request.offset(); at < end; ) {
            for (NbdExtent extent : allocation(at, end - at)) {
                if (extent.has(NbdExtent.ZERO) && extent.length() >= LEAST_HOLE) {
                    replies.hole(request.cookie(), extent.end() == end, at, (int) extent.length());
                } else {
                    data(request.cookie(), at, extent.end(), end);
                }
                at = extent.end();
            }
        }
    }

    private void data(long cookie, long from, long to, long end)
            throws IOException, InterruptedException, ExportFailure {
        for (long at = from; at < to; ) {
            int length = (int) Math.min(BufferPool.PIECE, to - at);
            piece(cookie, at, length, at + length == end);
            at += length;
        }
    }

    /** Alternating extents: data, large hole, data...; small holes are part of the data around them. */
    private List<NbdExtent> allocation(long offset, long length) throws ExportFailure {
        List<NbdExtent> told;
        try {
            told = Extents.of(export, NbdExport.ALLOCATION, offset, length, 1_024);
        } catch (RuntimeException e) {
            throw new ExportFailure(e);
        }
        java.util.ArrayList<NbdExtent> joined = new java.util.ArrayList<>();
        for (NbdExtent extent : told) {
            boolean hole = extent.has(NbdExtent.ZERO) && extent.length() >= LEAST_HOLE;
            NbdExtent last = joined.isEmpty() ? null : joined.getLast();
            if (!hole && last != null && !last.has(NbdExtent.ZERO)) {
                joined.set(joined.size() - 1, new NbdExtent(last.offset(), extent.end() - last.offset(), 0));
            } else {
                joined.add(new NbdExtent(extent.offset(), extent.length(), hole ? NbdExtent.ZERO : 0));
            }
        }
        return joined;
    }

    private void piece(long cookie, long offset, int length, boolean last)
            throws IOException, InterruptedException, ExportFailure {
        ByteBuffer buffer = buffers.take();
        try {
            replies.data(cookie, last, offset, fill(buffer, offset, length));
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private ByteBuffer fill(ByteBuffer buffer, long offset, int length) throws ExportFailure {
        ByteBuffer target = buffer.slice(0, length);
        try {
            export.read(offset, target);
        } catch (IOException | RuntimeException e) {
            throw new ExportFailure(e);
        }
        if (target.hasRemaining()) {
            throw new ExportFailure(new IllegalStateException("the export did not fill the buffer"));
        }
        return buffer.slice(0, length);
    }

    /** The first piece decides over success; if a later one fails, only the end of the connection can tell the client. */
    private void simple(Request request) throws IOException, InterruptedException, ExportFailure {
        ByteBuffer buffer = buffers.take();
        try {
            long end = request.offset() + request.length();
            int first = (int) Math.min(BufferPool.PIECE, request.length());
            ByteBuffer data = fill(buffer, request.offset(), first);
            replies.exclusively(() -> {
                replies.write(ReplyWriter.simpleHeader(request.cookie(), 0), data);
                for (long at = request.offset() + first; at < end; ) {
                    int length = (int) Math.min(BufferPool.PIECE, end - at);
                    replies.write(later(buffer, at, length));
                    at += length;
                }
            });
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private ByteBuffer later(ByteBuffer buffer, long offset, int length) throws IOException {
        try {
            return fill(buffer, offset, length);
        } catch (ExportFailure e) {
            throw new IOException("a read failed after its reply had begun", e);
        }
    }
}
