package io.holdfast.snapshot.app;

import io.holdfast.api.source.VmInfo;
import java.util.List;
import java.util.Optional;

/** What a source lists. Errors: {@code source-unreachable}, {@code hypervisor-timeout}, {@code hypervisor-error}. */
public interface Inventory {

    /** A VM's identity and name. */
    record VmName(String id, String name) {}

    /** One cheap call; fails when the source does not answer, or has not the pool that it names: {@code pool-not-found}. */
    void ping();

    /** All VMs by name, active or not, helpers of ours left out. */
    List<VmName> names();

    /** The VMs of this name or id, at most two; asks for no other. */
    List<VmName> called(String nameOrId);

    /** Whether a VM of this id is there and has a process: runs or is paused. */
    boolean runs(String id);

    /** One VM in full; {@code snapshots} is 0, the caller knows. */
    Optional<VmInfo> vm(String id);
}
