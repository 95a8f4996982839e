package io.holdfast.storage.faulty;

import io.holdfast.storage.StorageException.Kind;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

/** What happens to a call that the script strikes. */
sealed interface FaultAction {

    record Fail(Kind kind) implements FaultAction {}

    record LoseReply() implements FaultAction {}

    record Damage(UnaryOperator<byte[]> change) implements FaultAction {}

    record Hold(CountDownLatch release) implements FaultAction {}

    record Before(Runnable act) implements FaultAction {}

    record After(Runnable act) implements FaultAction {}

    /** A copy with one bit flipped; an empty body stays empty. */
    static byte[] flipped(byte[] body) {
        byte[] copy = body.clone();
        if (copy.length > 0) {
            copy[copy.length / 2] ^= 0x10;
        }
        return copy;
    }
}
