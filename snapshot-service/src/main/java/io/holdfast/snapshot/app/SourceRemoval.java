package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.View;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/**
 * Removes a source. What runs refuses it, and so do snapshots, which VMs live on; what was only kept for later backups is
 * cleaned up as far as the hypervisor lets it, and the rest is said: a hypervisor that is gone for good does not keep its
 * source for ever.
 */
public final class SourceRemoval {

    private static final Logger LOG = Logger.getLogger(SourceRemoval.class);

    private final SourceDirectory directory;
    private final TargetEnd.Tables tables;
    private final CheckpointDesk checkpoints;
    private final ViewOperations operations;
    private final Drivers drivers;
    private final VmLocks locks;

    public SourceRemoval(
            SourceDirectory directory,
            TargetEnd.Tables tables,
            CheckpointDesk checkpoints,
            ViewOperations operations,
            Drivers drivers,
            VmLocks locks) {
        this.directory = directory;
        this.tables = tables;
        this.checkpoints = checkpoints;
        this.operations = operations;
        this.drivers = drivers;
        this.locks = locks;
    }

    /** Error: {@code source-in-use}. */
    public SourceRemoved remove(String name) {
        Source source = directory.find(name);
        refuseInUse(source);
        List<String> left = new ArrayList<>();
        tables.views().unclosed().stream()
                .filter(v -> v.source().equals(source.id()))
                .forEach(v -> close(v, left));
        left.addAll(checkpoints.clear(source));
        tables.sources().remove(source.id());
        drivers.forget(source);
        LOG.infof("source %s removed; left behind: %s", name, left);
        return new SourceRemoved(List.copyOf(left));
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

    private void refuseInUse(Source source) {
        UUID id = source.id();
        if (tables.views().unclosed().stream()
                .anyMatch(v -> v.phase().live() && v.source().equals(id))) {
            throw inUse(source, "a backup reads a frozen view of it");
        }
        if (tables.targets().open().stream()
                .filter(TargetRules::unfinished)
                .map(Target::source)
                .anyMatch(id::equals)) {
            throw inUse(source, "a restore fills a target on it");
        }
        if (tables.snapshots().all().stream().anyMatch(s -> s.source().equals(id))) {
            throw inUse(source, "VMs of it have snapshots; delete them first");
        }
    }

    private static ApiException inUse(Source source, String why) {
        return new ApiException(
                ErrorCode.SOURCE_IN_USE, "The source " + source.name() + " cannot be removed: " + why + ".");
    }
}
