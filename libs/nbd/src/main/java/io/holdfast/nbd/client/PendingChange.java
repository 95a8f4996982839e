package io.holdfast.nbd.client;

import io.holdfast.nbd.NbdException;
import io.holdfast.nbd.wire.WireInput;
import java.nio.ByteBuffer;

/** A write, a write of zeros or a flush: answered by yes or no. */
final class PendingChange extends Pending {

    /** {@code body} follows the request on the wire; empty but for a write. */
    PendingChange(int command, long offset, int length, ByteBuffer body) {
        super(command, offset, length, body);
    }

    @Override
    void onChunk(int type, long payload, WireInput in) {
        throw NbdException.protocol("a change is answered by a chunk of type " + type + ", " + payload + " bytes");
    }

    @Override
    void onSimpleSuccess(WireInput in, boolean structured) {
        // That is all there is to say.
    }

    @Override
    void checkWhole() {
        // An answer without error is whole.
    }
}
