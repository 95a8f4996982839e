package io.holdfast.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** An export that a test changes in one respect. */
class Forwarding implements NbdExport {

    private final NbdExport inner;

    Forwarding(NbdExport inner) {
        this.inner = inner;
    }

    @Override
    public long size() {
        return inner.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        inner.read(offset, target);
    }

    @Override
    public List<NbdExtent> allocation(long offset, long length) {
        return inner.allocation(offset, length);
    }

    @Override
    public void close() {
        inner.close();
    }
}
