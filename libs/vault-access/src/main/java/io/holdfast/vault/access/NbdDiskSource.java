package io.holdfast.vault.access;

import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdClientOptions;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.vault.DiskSource;
import io.holdfast.vault.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A disk over one NBD connection. Changed ranges come from the server's dirty bitmap as they are, with those that were zeroed or
 * discarded; allocation tells which of them read as zeros now. {@link #close} may be called from another thread and ends a read.
 */
public class NbdDiskSource implements DiskSource, AutoCloseable {

    /** One span of the vault's engine; more would be split by it. */
    static final int REQUEST_BYTES = 256 << 10;

    private static final int IN_FLIGHT = 8;

    private final What what;
    private final NbdClient client;
    private final @Nullable String changedContext;
    private final @Nullable UUID base;
    private final ReadAhead reads;

    /**
     * What is read.
     *
     * @param changedContext the meta context that tells what changed since {@code base}
     * @param fullReason why it is read in full although an incremental was asked for
     */
    public record What(
            String key,
            String format,
            @Nullable String changedContext,
            @Nullable UUID base,
            @Nullable String fullReason) {

        /** For the connection: contexts to ask for, and how much at once. */
        public NbdClientOptions options() {
            List<String> contexts = new ArrayList<>(List.of(NbdExport.ALLOCATION));
            if (changedContext != null) {
                contexts.add(changedContext);
            }
            return NbdClientOptions.defaults()
                    .withMetaContexts(contexts.toArray(String[]::new))
                    .withMaxInFlight(IN_FLIGHT)
                    .withMaxRequestBytes(REQUEST_BYTES);
        }
    }

    /** Takes the connection, which was made with {@link What#options}, and closes it. */
    public NbdDiskSource(What what, NbdClient client) {
        this.what = what;
        this.client = client;
        String wanted = what.changedContext();
        boolean there = wanted != null && what.base() != null && client.hasContext(wanted);
        this.changedContext = there ? wanted : null;
        this.base = there ? what.base() : null;
        this.reads = new ReadAhead(client::read, client.size());
    }

    @Override
    public String key() {
        return what.key();
    }

    @Override
    public long size() {
        return client.size();
    }

    @Override
    public String format() {
        return what.format();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        try {
            reads.read(offset, into);
        } catch (NbdException e) {
            throw new IOException("disk " + what.key() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Iterator<Range> allocated() {
        if (!client.hasContext(NbdExport.ALLOCATION)) {
            return whole();
        }
        return ranges(NbdExport.ALLOCATION, false, NbdExtent.ZERO);
    }

    @Override
    public Optional<Iterator<Range>> changed() {
        return Optional.ofNullable(changedContext).map(context -> ranges(context, true, NbdExtent.DIRTY));
    }

    /** Extents that have this flag, or do not; the client asks the server while they are consumed. */
    private Iterator<Range> ranges(String context, boolean with, int flag) {
        if (size() == 0) {
            return whole();
        }
        return client.extents(context, 0, size())
                .filter(extent -> extent.has(flag) == with)
                .map(extent -> new Range(extent.offset(), extent.length()))
                .peek(range -> reads.expectUpTo(range.end()))
                .iterator();
    }

    private Iterator<Range> whole() {
        return size() == 0
                ? List.<Range>of().iterator()
                : List.of(new Range(0, size())).iterator();
    }

    @Override
    public Optional<UUID> base() {
        return Optional.ofNullable(base);
    }

    @Override
    public Optional<String> fullReason() {
        if (what.changedContext() != null && changedContext == null) {
            return Optional.of("The server did not offer the changed blocks that it was asked for.");
        }
        return Optional.ofNullable(what.fullReason());
    }

    @Override
    public void close() {
        reads.close();
        client.close();
    }
}
