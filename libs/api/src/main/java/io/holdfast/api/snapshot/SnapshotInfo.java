package io.holdfast.api.snapshot;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot on the hypervisor.
 *
 * @param current whether the VM's disks continue from this one
 * @param consistency the outcome: {@code crash} or {@code filesystem}
 * @param deltaBytes what was written since it, as stored; absent when unknown
 * @param partlyDeleted whether its deletion has begun to write: it holds no single moment any more, and can only be deleted
 */
public record SnapshotInfo(
        String name,
        @Nullable String description,
        @Nullable String parent,
        Instant createdAt,
        String vmState,
        boolean memory,
        String consistency,
        boolean current,
        @Nullable Long deltaBytes,
        boolean partlyDeleted) {}
