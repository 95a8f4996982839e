package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.RenewLease;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.AbortTarget;
import io.holdfast.api.target.FinishTarget;
import io.holdfast.api.target.TargetInfo;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.app.SourceDirectory;
import io.holdfast.snapshot.app.TargetDesk;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.app.TargetOperations;
import io.holdfast.snapshot.app.VmLocks;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** A finish that is cut off or slow, among other attempts of its job. */
@QuarkusTest
class FinishTest extends TargetSuite {

    @Inject
    SourceDirectory directory;

    @Inject
    TargetOperations operations;

    @Inject
    Settings settings;

    private final VmLocks locks = new VmLocks(Duration.ofMillis(100));

    private TargetEnd overrunning(String call) {
        return endBehind(locks, method -> {
            if (method.getName().equals(call)) {
                throw new ApiException(ErrorCode.HYPERVISOR_TIMEOUT, "Slow.");
            }
        });
    }

    private List<String> filled(TestVm vm) {
        api.openTarget(request(vm, null, vm.id));
        assertThat(fill(content(4 * MIB, "0x43"), content(ODD, "0x44")).state()).isEqualTo(TargetInfo.State.FILLED);
        return files(vm.name);
    }

    @Test
    void aStartThatOverrunsLeavesAFinishThatIsSaidToBeBegunAndCanBeGoneOnWith() {
        TestVm vm = original();
        List<String> old = filled(vm);
        assertThat(api.target(job).finishing()).isFalse();
        assertThat(codeOf(() -> overrunning("start").finish(job, new FinishTarget(1, true))))
                .isEqualTo(ErrorCode.HYPERVISOR_TIMEOUT);
        assertThat(files(vm.name)).doesNotContainAnyElementsOf(old);
        assertThat(api.openTarget(request(vm, null, vm.id)).finishing()).isTrue();
        assertThat(api.observeTarget(job, new RenewLease(2)).finishing()).isTrue();
        TargetInfo done = api.finishTarget(job, new FinishTarget(2, true));
        assertThat(done.state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(done.finishing()).isFalse();
        assertThat(libvirt.virsh("domstate", vm.name)).contains("running");
    }

    @Test
    void aSwitchThatMayStillComeKeepsTheFinishBegunAndOneThatWasRefusedDoesNot() {
        TestVm vm = original();
        filled(vm);
        assertThat(codeOf(() -> overrunning("switchDisks").finish(job, new FinishTarget(1, false))))
                .isEqualTo(ErrorCode.HYPERVISOR_TIMEOUT);
        assertThat(api.target(job).finishing()).isTrue();
        TargetEnd refused = endBehind(locks, method -> {
            if (method.getName().equals("switchDisks")) {
                throw new ApiException(ErrorCode.HYPERVISOR_ERROR, "No.");
            }
        });
        assertThat(codeOf(() -> refused.finish(job, new FinishTarget(1, false))))
                .isEqualTo(ErrorCode.HYPERVISOR_ERROR);
        assertThat(api.target(job).finishing()).isFalse();
    }

    @Test
    void aLookIsNotAnsweredWhileAFinishIsUnderWay() throws Exception {
        TestVm vm = original();
        filled(vm);
        CountDownLatch switching = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        TargetEnd slow = endBehind(locks, method -> {
            if (method.getName().equals("switchDisks")) {
                switching.countDown();
                goOn.await();
            }
        });
        var desk = new TargetDesk(directory, tables, operations, puller, locks, settings, clock);
        var finish = new FutureTask<>(() -> slow.finish(job, new FinishTarget(1, false)));
        Thread.ofVirtual().start(finish);
        try {
            switching.await();
            assertThat(codeOf(() -> desk.observe(job, new RenewLease(2)))).isEqualTo(ErrorCode.VM_BUSY);
        } finally {
            goOn.countDown();
        }
        assertThat(finish.get().state()).isEqualTo(TargetInfo.State.FINISHED);
        assertThat(desk.observe(job, new RenewLease(2)).state()).isEqualTo(TargetInfo.State.FINISHED);
    }

    @Test
    void anAttemptThatWasOvertakenNeitherFinishesNorAborts() {
        TestVm vm = original();
        filled(vm);
        api.observeTarget(job, new RenewLease(2));
        assertThat(codeOf(() -> api.finishTarget(job, new FinishTarget(1, false))))
                .isEqualTo(ErrorCode.FENCED);
        assertThat(codeOf(() -> api.abortTarget(job, new AbortTarget(1)))).isEqualTo(ErrorCode.FENCED);
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.FILLED);
        api.abortTarget(job, new AbortTarget(2));
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
    }

    @Test
    void theCatalogsWordAbortsWhateverAttemptHoldsTheTarget() {
        TestVm vm = original();
        filled(vm);
        targets.change(job, t -> t.leased(7, Instant.now().plusSeconds(60)));
        api.settleTarget(job);
        assertThat(api.target(job).state()).isEqualTo(TargetInfo.State.ABORTED);
    }
}
