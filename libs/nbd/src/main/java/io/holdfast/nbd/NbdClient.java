package io.holdfast.nbd;

import io.holdfast.nbd.client.Agreed;
import io.holdfast.nbd.client.Connection;
import io.holdfast.nbd.client.Reader;
import io.holdfast.nbd.client.Statuses;
import io.holdfast.nbd.client.Writer;
import io.holdfast.nbd.wire.Protocol;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads and writes one export over one connection. All methods may be called by many threads at once; their requests share the wire.
 *
 * <p>Failures are {@link NbdException}. After {@code REMOTE} the connection goes on; any other kind has ended it, and every
 * call after that fails. An interrupt of a waiting thread ends the connection too ({@code CLOSED}, interrupt flag kept):
 * otherwise a late answer could still be written into that thread's buffer.
 */
public final class NbdClient implements AutoCloseable {

    private final Connection connection;
    private final Agreed agreed;
    private final Reader reader;
    private final Writer writer;

    private NbdClient(Connection connection) {
        this.connection = connection;
        this.agreed = connection.agreed();
        this.reader = new Reader(connection);
        this.writer = new Writer(connection);
    }

    /**
     * Connects and chooses the export.
     *
     * @param exportName up to 4,096 bytes; may be a secret, and appears in no message
     */
    public static NbdClient connect(NbdAddress address, String exportName, NbdClientOptions options) {
        if (exportName.getBytes(StandardCharsets.UTF_8).length > Protocol.MAX_STRING) {
            throw new IllegalArgumentException("the name of the export is too long");
        }
        return new NbdClient(Connection.open(address, exportName, options));
    }

    /** Bytes of the export. */
    public long size() {
        return agreed.size();
    }

    /** The longest read that goes over the wire in one piece; longer ones are split. */
    public int maxRequestBytes() {
        return agreed.maxRequest();
    }

    public boolean readOnly() {
        return agreed.readOnly();
    }

    /** The meta contexts that the server gave of those asked for. */
    public Set<String> contexts() {
        return agreed.contexts().keySet();
    }

    public boolean hasContext(String name) {
        return agreed.contexts().containsKey(name);
    }

    /**
     * Fills all remaining bytes of {@code target} from {@code offset}; its position moves to its limit. On failure its
     * content is undefined.
     *
     * @throws IllegalArgumentException when the range is not inside the export
     */
    public void read(long offset, ByteBuffer target) {
        readInto(offset, target);
    }

    /** As {@link #read}; true when the server sent nothing but holes, so that all bytes are zero. */
    public boolean readInto(long offset, ByteBuffer target) {
        checkRange(offset, target.remaining());
        return reader.read(offset, target);
    }

    /**
     * One request: what {@code context} says of the range, from {@code offset} on, contiguous, at least one extent, and
     * possibly less than all of the range.
     *
     * @param length at least 1
     */
    public List<NbdExtent> blockStatus(String context, long offset, long length) {
        checkRange(offset, length);
        if (length == 0) {
            throw new IllegalArgumentException("a status of no bytes");
        }
        return Statuses.once(connection, contextId(context), offset, length);
    }

    /**
     * What {@code context} says of the whole range, in order, without gaps, neighbours with equal flags merged; asked for
     * as the stream is consumed, by the consuming thread.
     */
    public Stream<NbdExtent> extents(String context, long offset, long length) {
        checkRange(offset, length);
        Statuses walk = new Statuses(connection, contextId(context), offset, length);
        int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(walk, traits), false);
    }

    /**
     * Writes all remaining bytes of {@code source} at {@code offset}. REFUSED when the export is read-only, or wants blocks that these
     * are not.
     *
     * @throws IllegalArgumentException when the range is not inside the export
     */
    public void write(long offset, ByteBuffer source) {
        checkRange(offset, source.remaining());
        writer.write(offset, source);
    }

    /** Makes a range read as zeros; as {@link #write} in all else. */
    public void zero(long offset, long length) {
        checkRange(offset, length);
        writer.zero(offset, length);
    }

    /** What was written before is on the server's disk when this returns, as far as the server knows of such a thing. */
    public void flush() {
        writer.flush();
    }

    /** Ends the connection; requests of other threads fail. May be called twice. */
    @Override
    public void close() {
        connection.close();
    }

    private int contextId(String name) {
        Map<String, Integer> contexts = agreed.contexts();
        if (!contexts.containsKey(name)) {
            throw new NbdException(NbdException.Kind.REFUSED, "the NBD server does not offer this meta context");
        }
        return Objects.requireNonNull(contexts.get(name));
    }

    private void checkRange(long offset, long length) {
        if (offset < 0 || length < 0 || offset > agreed.size() - length) {
            throw new IllegalArgumentException(
                    "not inside an export of " + agreed.size() + " bytes: offset " + offset + ", length " + length);
        }
    }
}
