package io.holdfast.restore.app;

import io.holdfast.api.problem.ErrorCode;
import io.holdfast.nbd.NbdExport;
import io.holdfast.nbd.NbdExtent;
import io.holdfast.restore.domain.ExportToken;
import io.holdfast.storage.StorageException;
import io.holdfast.vault.Range;
import io.holdfast.vault.VaultException;
import io.holdfast.vault.access.Failures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One disk of a point, offered to one connection. A block that does not authenticate is an I/O error there, never data. */
final class ServedDisk implements NbdExport {

    /** Longest range whose allocation is looked up at once: it walks the disk's map. */
    private static final long LOOK = 64L << 20;

    private static final int MAX_EXTENTS = 2_000;

    private final ExportToken token;
    private final OpenVault.DiskBytes disk;
    private final VaultPool.Use vault;
    private final ReadLedger ledger;

    ServedDisk(ExportToken token, OpenVault.DiskBytes disk, VaultPool.Use vault, ReadLedger ledger) {
        this.token = token;
        this.disk = disk;
        this.vault = vault;
        this.ledger = ledger;
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        int length = target.remaining();
        enter();
        try {
            disk.read(offset, target);
            ledger.served(token.job(), token.disk(), offset, length);
        } catch (VaultException | StorageException e) {
            throw failed(e, offset, length);
        } finally {
            vault.reads().leave();
        }
    }

    private void enter() throws InterruptedIOException {
        try {
            vault.reads().enter();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the connection ended");
        }
    }

    private IOException failed(RuntimeException e, long offset, long length) {
        var meaning = Failures.OF_POINT.of(e);
        if (meaning.code() == ErrorCode.POINT_DAMAGED) {
            ledger.damaged(token.job(), token.disk(), offset, length, meaning.detail());
        }
        return new IOException(meaning.detail(), e);
    }

    @Override
    public List<NbdExtent> allocation(long offset, long length) {
        long asked = Math.min(length, LOOK);
        try {
            enter();
        } catch (InterruptedIOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            List<NbdExtent> extents = extents(offset, asked, disk.data(offset, asked));
            extents.stream()
                    .filter(extent -> extent.has(NbdExtent.ZERO))
                    .forEach(hole -> ledger.right(token.job(), token.disk(), hole.offset(), hole.length()));
            return extents;
        } catch (VaultException | StorageException e) {
            IOException unused = failed(e, offset, asked);
            throw new IllegalStateException(unused.getMessage(), e);
        } finally {
            vault.reads().leave();
        }
    }

    private static List<NbdExtent> extents(long offset, long length, List<Range> data) {
        List<NbdExtent> extents = new ArrayList<>();
        long at = offset;
        long end = offset + length;
        for (Range range : data) {
            long from = Math.max(range.offset(), at);
            long to = Math.min(range.end(), end);
            if (from >= to) {
                continue;
            }
            if (from > at) {
                extents.add(new NbdExtent(at, from - at, NbdExtent.HOLE | NbdExtent.ZERO));
            }
            extents.add(new NbdExtent(from, to - from, 0));
            at = to;
            if (extents.size() >= MAX_EXTENTS) {
                return extents;
            }
        }
        if (at < end) {
            extents.add(new NbdExtent(at, end - at, NbdExtent.HOLE | NbdExtent.ZERO));
        }
        return extents;
    }

    @Override
    public void close() {
        vault.close();
    }
}
