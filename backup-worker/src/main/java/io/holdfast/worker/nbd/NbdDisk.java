package io.holdfast.worker.nbd;

import io.holdfast.api.view.ViewInfo.ViewDisk;
import io.holdfast.nbd.NbdClient;
import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.vault.Range;
import io.holdfast.worker.app.DiskConnector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A disk of a frozen view over one NBD connection. Changed ranges come from the hypervisor's dirty bitmap as they are, with
 * those that were zeroed or discarded; allocation tells which of them read as zeros now.
 */
final class NbdDisk implements DiskConnector.Disk {

    private final ViewDisk disk;
    private final NbdClient client;
    private final @Nullable String changedContext;
    private final @Nullable UUID base;
    private final ReadAhead reads;

    NbdDisk(ViewDisk disk, NbdClient client) {
        this.disk = disk;
        this.client = client;
        String wanted = disk.changedContext();
        boolean there = wanted != null && disk.base() != null && client.hasContext(wanted);
        this.changedContext = there ? wanted : null;
        this.base = there ? disk.base() : null;
        this.reads = new ReadAhead(client::read, client.size());
    }

    @Override
    public String key() {
        return disk.key();
    }

    @Override
    public long size() {
        return client.size();
    }

    @Override
    public String format() {
        return disk.format();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        try {
            reads.read(offset, into);
        } catch (NbdException e) {
            throw new IOException("disk " + disk.key() + ": " + e.getMessage(), e);
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
        if (disk.changedContext() != null && changedContext == null) {
            return Optional.of("The hypervisor did not offer the changed blocks that it had announced.");
        }
        return Optional.ofNullable(disk.fullReason());
    }

    @Override
    public void close() {
        reads.close();
        client.close();
    }
}
