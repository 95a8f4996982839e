package io.holdfast.snapshot.app;

import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Source;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/** Lets checkpoints go whose vault or source is no longer known. The intent is written first; the reaper tries again. */
public final class CheckpointDesk {

    private static final Logger LOG = Logger.getLogger(CheckpointDesk.class);

    private final Rows.Checkpoints checkpoints;
    private final ViewOperations operations;
    private final VmLocks locks;

    public CheckpointDesk(Rows.Checkpoints checkpoints, ViewOperations operations, VmLocks locks) {
        this.checkpoints = checkpoints;
        this.operations = operations;
        this.locks = locks;
    }

    /** Gives a vault's line up on every VM; the reaper removes the bitmaps, VM by VM, as soon as each lets them go. */
    public void forget(UUID vault) {
        int count = checkpoints.dropLine(vault);
        LOG.infof("vault %s is forgotten: %d checkpoints drop", vault, count);
    }

    /**
     * Gives up all checkpoints of a source that is to be removed, and removes what the hypervisor lets go now.
     *
     * @param label what people call a VM, by its id
     * @return one line for each VM on which some stay, for people
     */
    public List<String> clear(Source source, UnaryOperator<String> label) {
        List<String> vms = checkpoints.all().stream()
                .filter(c -> c.source().equals(source.id()))
                .map(Checkpoint::vm)
                .distinct()
                .toList();
        return vms.stream().flatMap(vm -> clear(source, vm, label).stream()).toList();
    }

    private List<String> clear(Source source, String vm, UnaryOperator<String> label) {
        checkpoints.dropOfVm(source.id(), vm);
        String why = "it is off or busy";
        try {
            locks.with(source.id(), vm, () -> {
                operations.sweep(source.id(), vm);
                return vm;
            });
        } catch (RuntimeException e) {
            LOG.warnf("source %s: checkpoints of VM %s stay: %s", source.name(), vm, e.getMessage());
            why = "the hypervisor said: " + e.getMessage();
        }
        int left = checkpoints.ofVm(source.id(), vm).size();
        return left == 0
                ? List.of()
                : List.of("VM " + label.apply(vm) + " keeps " + left + " of the checkpoints called holdfast.*, because "
                        + why + ".");
    }
}
