package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Marks;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Removes a source. What runs refuses it, and so do snapshots, which VMs live on; what was only kept for later backups, or
 * was left by a restore that ended, is cleaned up as far as the hypervisor lets it, and the rest is said: a hypervisor that
 * is gone for good does not keep its source for ever.
 */
public final class SourceRemoval {

    private static final Logger LOG = Logger.getLogger(SourceRemoval.class);

    private final SourceDirectory directory;
    private final TargetEnd.Tables tables;
    private final CheckpointDesk checkpoints;
    private final ViewOperations operations;
    private final TargetEnd targetEnd;
    private final Drivers drivers;
    private final VmLocks locks;

    public SourceRemoval(
            SourceDirectory directory,
            TargetEnd.Tables tables,
            CheckpointDesk checkpoints,
            ViewOperations operations,
            TargetEnd targetEnd,
            Drivers drivers,
            VmLocks locks) {
        this.directory = directory;
        this.tables = tables;
        this.checkpoints = checkpoints;
        this.operations = operations;
        this.targetEnd = targetEnd;
        this.drivers = drivers;
        this.locks = locks;
    }

    /**
     * Error: {@code source-in-use}.
     *
     * @param forget whether snapshots do not refuse it: they stay on the hypervisor, as snapshots of somebody else
     */
    public SourceRemoved remove(String name, boolean forget) {
        Source source = directory.find(name);
        List<Snapshot> snapshots = tables.snapshots().all().stream()
                .filter(s -> s.source().equals(source.id()))
                .toList();
        refuseInUse(source);
        List<String> left = new ArrayList<>();
        if (!snapshots.isEmpty()) {
            left.addAll(snapshotsLeft(source, snapshots, forget));
        }
        tables.views().unclosed().stream()
                .filter(v -> v.source().equals(source.id()))
                .forEach(v -> close(v, left));
        tables.targets().open().stream()
                .filter(t -> t.source().equals(source.id()))
                .forEach(t -> end(t, left));
        left.addAll(checkpoints.clear(source, vm -> label(source, vm)));
        snapshots.forEach(s -> tables.snapshots().remove(s.id()));
        tables.sources().remove(source.id());
        drivers.forget(source);
        LOG.infof("source %s removed; left behind: %s", name, left);
        return new SourceRemoved(List.copyOf(left));
    }

    private List<String> snapshotsLeft(Source source, List<Snapshot> snapshots, boolean forget) {
        Map<String, List<Snapshot>> byVm = snapshots.stream().collect(Collectors.groupingBy(Snapshot::vm));
        if (!forget) {
            String vms = byVm.keySet().stream()
                    .sorted()
                    .limit(10)
                    .map(vm -> label(source, vm))
                    .collect(Collectors.joining(", "));
            throw inUse(
                    source,
                    "it has VMs with snapshots (" + vms + "): delete those first, or have them forgotten (--forget), if"
                            + " the hypervisor or the VM is gone for good");
        }
        return byVm.entrySet().stream()
                .map(vm -> "VM " + label(source, vm.getKey()) + " keeps its snapshots "
                        + vm.getValue().stream().map(Snapshot::name).collect(Collectors.joining(", ")) + ".")
                .toList();
    }

    /** Name and id as far as the hypervisor tells. */
    private String label(Source source, String vm) {
        try {
            return drivers.of(source).inventory().called(vm).stream()
                    .findFirst()
                    .map(found -> found.name() + " (" + vm + ")")
                    .orElse(vm);
        } catch (RuntimeException e) {
            LOG.debugf("the name of VM %s is not known: %s", vm, e.getMessage());
            return vm;
        }
    }

    private void close(View view, List<String> left) {
        try {
            locks.with(view.source(), view.vm(), () -> {
                operations.close(view);
                return view;
            });
        } catch (RuntimeException e) {
            left.add("VM " + view.vmName() + " may keep a backup job and scratch of a backup that ended: "
                    + e.getMessage());
        }
    }

    private void end(Target target, List<String> left) {
        try {
            targetEnd.goOn(target.job());
        } catch (RuntimeException e) {
            List<String> files = new ArrayList<>(target.oldPaths());
            if (target.state() != State.FINISHED) {
                target.disks().forEach(d -> files.add(d.volume().path()));
                files.add("VM " + Marks.helper(target.job()));
            }
            left.add("The hypervisor may keep what a restore of " + target.vmName() + " that ended made or replaced ("
                    + String.join(", ", files) + "): " + e.getMessage());
        }
    }

    private void refuseInUse(Source source) {
        UUID id = source.id();
        if (tables.views().unclosed().stream()
                .anyMatch(v -> v.phase().live() && v.source().equals(id))) {
            throw inUse(source, "a backup reads a frozen view of it");
        }
        if (tables.targets().open().stream()
                .anyMatch(t -> t.goesOn() && t.source().equals(id))) {
            throw inUse(source, "a restore fills a target on it");
        }
    }

    private static ApiException inUse(Source source, String why) {
        return new ApiException(
                ErrorCode.SOURCE_IN_USE, "The source " + source.name() + " cannot be removed: " + why + ".");
    }
}
