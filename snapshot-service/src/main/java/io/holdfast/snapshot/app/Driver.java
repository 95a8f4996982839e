package io.holdfast.snapshot.app;

/**
 * What one source's hypervisor offers.
 *
 * @param changes whether incremental backups are possible at all
 * @param memory whether snapshots can hold memory
 */
public record Driver(
        Inventory inventory,
        Snapshots snapshots,
        FrozenViews views,
        RestoreTargets targets,
        Leftovers leftovers,
        SourceProbe probe,
        boolean changes,
        boolean memory) {}
