package io.holdfast.vault.map;

import io.holdfast.vault.format.VaultFormat;

/**
 * The shape of a disk's map.
 *
 * @param leaves leaves that cover the disk
 * @param height level of the root, at least 1
 */
public record MapShape(long leaves, int height) {

    public static MapShape of(long size) {
        long leafBytes = (long) VaultFormat.LEAF_BLOCKS * VaultFormat.BLOCK;
        long leaves = size / leafBytes + (size % leafBytes == 0 ? 0 : 1);
        int height = 1;
        while ((leaves - 1) >> (height * VaultFormat.FAN_BITS) > 0) {
            height++;
        }
        return new MapShape(leaves, height);
    }
}
