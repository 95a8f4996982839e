package io.holdfast.vault.crypto;

import io.holdfast.vault.format.VaultFormat;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.crypto.Mac;

/** Keyed identity of blocks. For one thread. */
public final class BlockHasher {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] ZEROS = new byte[VaultFormat.BLOCK];

    private final Mac mac;

    BlockHasher(Mac mac) {
        this.mac = mac;
    }

    /** Whether the block at {@code offset} holds zeros only. */
    public static boolean isZero(byte[] data, int offset) {
        return Arrays.equals(data, offset, offset + VaultFormat.BLOCK, ZEROS, 0, VaultFormat.BLOCK);
    }

    /** Writes the identity of the block at {@code offset} into {@code into[2 * index]} and the long after it. */
    public void hash(byte[] data, int offset, long[] into, int index) {
        mac.update(data, offset, VaultFormat.BLOCK);
        byte[] full = mac.doFinal();
        into[2 * index] = (long) LONGS.get(full, 0);
        into[2 * index + 1] = (long) LONGS.get(full, 8);
    }
}
