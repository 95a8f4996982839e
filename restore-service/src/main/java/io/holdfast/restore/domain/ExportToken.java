package io.holdfast.restore.domain;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What an export name stands for: one disk of one point, for one job, for a time.
 *
 * @param vm the VM's id, which names the point's chain in the vault
 * @param disk the disk's key
 * @param sequence the point's number in its chain, where it is looked for first; empty in names of before it was told
 * @param expires no new connection from this moment on; seconds count
 */
public record ExportToken(
        UUID vault, String vm, UUID point, OptionalLong sequence, String disk, UUID job, Instant expires) {
    public ExportToken {
        if (vm.isEmpty() || vm.length() > 128 || disk.isEmpty() || disk.length() > 64) {
            throw new IllegalArgumentException("not a VM's id or not a disk's key");
        }
    }
}
