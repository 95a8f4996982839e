package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.app.VmLocks;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A restore in place whose switch fails, and one that cannot go back any more. */
@QuarkusTest
class SwitchTest extends TargetSuite {

    @Inject
    VmLocks locks;

    private TestVm vm() {
        TestVm vm = original().start();
        api.openTarget(request(vm, null, vm.id));
        fill(content(4 * MIB, "0x61"), content(ODD, "0x62"));
        return vm;
    }

    /** One call to the hypervisor ends otherwise. */
    private TargetEnd end(String call, Runnable instead) {
        return endBehind(locks, method -> {
            if (method.getName().equals(call)) {
                instead.run();
            }
        });
    }

    @Test
    void aVmRunsOnWhenItCannotBeGivenItsRestoredDisks() {
        TestVm vm = vm();
        List<String> old = files(vm.name);
        TargetEnd refused = end("switchDisks", () -> {
            throw new ApiException(ErrorCode.HYPERVISOR_ERROR, "The definition was not taken.");
        });
        assertThat(codeOf(() -> refused.finish(job, new FinishTarget(1, true)))).isEqualTo(ErrorCode.HYPERVISOR_ERROR);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("paused");
        api.abortTarget(job, new AbortTarget(1));
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
        assertThat(libvirt.virsh("domstate", vm.name)).contains("paused");
        assertThat(files(vm.name)).isEqualTo(old);
    }

    @Test
    void aVmThatWasStoppedAlthoughTheCallWasGivenUpHasItsRestoredDisksWhateverBecomesOfTheJob() {
        TestVm vm = vm();
        List<String> old = files(vm.name);
        TargetEnd late = end("stopVm", () -> {
            libvirt.virsh("destroy", vm.name);
            throw new ApiException(ErrorCode.HYPERVISOR_TIMEOUT, "The VM was not stopped in time.");
        });
        assertThat(codeOf(() -> late.finish(job, new FinishTarget(1, true)))).isEqualTo(ErrorCode.HYPERVISOR_TIMEOUT);
        api.abortTarget(job, new AbortTarget(1));
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(api.target(job).notes()).anyMatch(n -> n.contains("it keeps them"));
        assertThat(files(vm.name)).doesNotContainAnyElementsOf(old);
        vm.start();
    }
}
