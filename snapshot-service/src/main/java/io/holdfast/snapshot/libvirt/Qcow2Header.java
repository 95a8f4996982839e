package io.holdfast.snapshot.libvirt;

import java.nio.ByteBuffer;

/**
 * An empty qcow2 image (version 3, clusters of 64 KiB, no backing file), as QEMU's docs/interop/qcow2.txt specifies it: the
 * header, a refcount table with one block that counts these clusters, an L1 table of zeros.
 *
 * <p>Written at the front of a fully allocated raw volume it makes a scratch image whose room is reserved but whose blocks
 * all still read from below. (libvirt's own metadata preallocation maps every cluster, and a mapped cluster hides the disk
 * beneath: a view on such scratch reads as zeros.) It also gives images of sizes that are not a multiple of 1 KiB, which
 * libvirt's volume creation rounds up.
 */
final class Qcow2Header {

    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER = 1 << CLUSTER_BITS;
    private static final int HEADER_LENGTH = 104;
    private static final int REFCOUNT_ORDER = 4;
    private static final int MAGIC = 0x514649fb;
    /** What one L1 entry covers: a table of 8192 clusters. */
    private static final long L1_SPAN = (long) CLUSTER * (CLUSTER / 8);
    /** What one refcount block covers: 32768 clusters. */
    private static final long REFCOUNT_SPAN = (long) CLUSTER * (CLUSTER / 2);
    /** What the refcount table's one cluster covers, with room to spare for a disk's own tables: 8 TiB. */
    static final long MAX_BYTES = 8L << 40;

    private Qcow2Header() {}

    /** The image's first bytes; everything behind them is free. */
    static byte[] of(long virtualBytes) {
        if (virtualBytes <= 0 || virtualBytes > MAX_BYTES || virtualBytes % 512 != 0) {
            throw new IllegalArgumentException("not a size for a disk: " + virtualBytes);
        }
        long l1Entries = ceil(virtualBytes, L1_SPAN);
        int l1Clusters = (int) Math.max(1, ceil(l1Entries * 8, CLUSTER));
        int clusters = 3 + l1Clusters;
        ByteBuffer image = ByteBuffer.allocate(clusters * CLUSTER);
        image.putInt(MAGIC).putInt(3);
        image.putLong(0).putInt(0);
        image.putInt(CLUSTER_BITS).putLong(virtualBytes).putInt(0);
        image.putInt((int) l1Entries).putLong(3L * CLUSTER);
        image.putLong(CLUSTER).putInt(1);
        image.putInt(0).putLong(0);
        image.putLong(0).putLong(0).putLong(0);
        image.putInt(REFCOUNT_ORDER).putInt(HEADER_LENGTH);
        image.putLong(CLUSTER, 2L * CLUSTER);
        for (int i = 0; i < clusters; i++) {
            image.putShort(2 * CLUSTER + 2 * i, (short) 1);
        }
        return image.array();
    }

    /** An upper bound of the file's size when every block of the disk is written, in bytes. */
    static long fullBytes(long virtualBytes) {
        long data = ceil(virtualBytes, CLUSTER) * CLUSTER;
        long l2 = ceil(virtualBytes, L1_SPAN) * CLUSTER;
        long refcounts = (ceil(data + l2, REFCOUNT_SPAN) + 2) * CLUSTER;
        return data + l2 + refcounts + of(virtualBytes).length;
    }

    private static long ceil(long a, long b) {
        return (a + b - 1) / b;
    }
}
