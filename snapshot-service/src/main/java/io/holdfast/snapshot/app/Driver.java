package io.holdfast.snapshot.app;

/**
 * What one source's hypervisor offers.
 *
 * @param urgent views by a way of its own, which no slow call can hold up: to let a guest go on
 * @param changes whether incremental backups are possible at all
 * @param memory whether snapshots can hold memory
 */
public record Driver(
        Inventory inventory,
        Snapshots snapshots,
        FrozenViews views,
        FrozenViews urgent,
        RestoreTargets targets,
        Leftovers leftovers,
        SourceProbe probe,
        boolean changes,
        boolean memory) {}
