package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Target;
import io.holdfast.snapshot.domain.TargetSeen;
import io.holdfast.snapshot.domain.TargetSeen.Pull;
import io.holdfast.snapshot.domain.TargetSeen.Pulled;
import io.holdfast.snapshot.domain.TargetSeen.Vm;
import io.holdfast.snapshot.domain.TargetStep;
import io.holdfast.snapshot.domain.Volume;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TargetStepTest {

    private static final UUID ID = new UUID(1, 2);
    private static final Vm OLD = new Vm(true, false, false, false, false, false);
    private static final Vm NEW = new Vm(true, true, false, false, false, false);

    private static Target target(@Nullable String inPlace, State state) {
        Target.Disk disk = new Target.Disk("vda", "qcow2", new Volume("p", "v", "/p/v", 512), 0, 0, false, false);
        return new Target(
                ID,
                1,
                ID,
                "lab",
                "vm",
                inPlace,
                ID,
                "<domain/>",
                null,
                null,
                state,
                List.of(disk),
                List.of(),
                false,
                false,
                false,
                true,
                false,
                List.of(),
                null,
                null,
                Instant.EPOCH);
    }

    private static TargetSeen helper(Pull pull) {
        return new TargetSeen(true, false, Map.of("vda", new Pulled(pull, 1)), true, Vm.ABSENT);
    }

    private static TargetStep finishing(@Nullable String inPlace, boolean start, Vm vm) {
        Target target = target(inPlace, State.FILLED).beginFinish(start);
        return TargetStep.next(target, TargetSeen.NOTHING.withVm(vm));
    }

    @Test
    void volumesAreMadeOnceAndThenTheTargetRests() {
        Target fresh = target(null, State.PREPARED);
        assertThat(TargetStep.next(fresh, TargetSeen.NOTHING)).isEqualTo(new TargetStep.MakeVolumes());
        assertThat(TargetStep.next(fresh.withMade(), TargetSeen.NOTHING)).isEqualTo(new TargetStep.Rest());
    }

    @Test
    void fillingStartsAHelperThenPullsThenEndsThemThenVerifies() {
        Target filling = target(null, State.FILLING).withMade();
        TargetSeen known = TargetSeen.NOTHING.withEndpoints(true);
        assertThat(TargetStep.next(filling, known)).isEqualTo(new TargetStep.StartHelper());
        assertThat(TargetStep.next(filling, helper(Pull.NONE))).isEqualTo(new TargetStep.StartPull("vda"));
        Target pulling = filling.withDisk("vda", Target.Disk::start);
        assertThat(TargetStep.next(pulling, helper(Pull.RUNNING))).isEqualTo(new TargetStep.Watch());
        assertThat(TargetStep.next(pulling, helper(Pull.READY))).isEqualTo(new TargetStep.EndPull("vda"));
        assertThat(TargetStep.next(pulling, helper(Pull.NONE))).isInstanceOf(TargetStep.FailFill.class);
        Target filled = pulling.withDisk("vda", Target.Disk::fill);
        assertThat(TargetStep.next(filled, helper(Pull.NONE))).isEqualTo(new TargetStep.StopHelper());
        assertThat(TargetStep.next(filled, TargetSeen.NOTHING)).isEqualTo(new TargetStep.Verify());
    }

    @Test
    void aPullWithoutItsHelperStartsFromEmptyVolumesAndOnlyWhereItIsKnownFromWhere() {
        Target pulling = target(null, State.FILLING).withMade().withDisk("vda", Target.Disk::start);
        assertThat(TargetStep.next(pulling, TargetSeen.NOTHING.withEndpoints(true)))
                .isEqualTo(new TargetStep.MakeVolumes());
        assertThat(TargetStep.next(pulling, TargetSeen.NOTHING)).isInstanceOf(TargetStep.FailFill.class);
        assertThat(pulling.unmade().disks()).noneMatch(Target.Disk::started);
    }

    @Test
    void aNewVmIsDefinedThenStartedThenFinished() {
        assertThat(finishing(null, true, Vm.ABSENT)).isEqualTo(new TargetStep.Define());
        assertThat(finishing(null, true, NEW)).isEqualTo(new TargetStep.StartVm());
        assertThat(finishing(null, false, NEW)).isEqualTo(new TargetStep.Finish());
        assertThat(finishing(null, true, new Vm(true, true, true, false, false, false)))
                .isEqualTo(new TargetStep.Finish());
    }

    @Test
    void inPlaceSwitchesStopsDropsTheSavedStateForgetsStartsAndOnlyThenFinishes() {
        Vm running = new Vm(true, false, false, true, true, true);
        assertThat(finishing("vm", true, running)).isEqualTo(new TargetStep.SwitchDisks());
        assertThat(finishing("vm", true, OLD)).isEqualTo(new TargetStep.SwitchDisks());
        assertThat(finishing("vm", true, new Vm(true, true, false, true, true, true)))
                .isEqualTo(new TargetStep.StopVm());
        assertThat(finishing("vm", true, new Vm(true, true, false, false, true, true)))
                .isEqualTo(new TargetStep.DropSavedState());
        assertThat(finishing("vm", true, NEW.withMarks())).isEqualTo(new TargetStep.ForgetMarks());
        assertThat(finishing("vm", true, NEW)).isEqualTo(new TargetStep.StartVm());
        assertThat(finishing("vm", false, NEW)).isEqualTo(new TargetStep.Finish());
        assertThat(finishing("vm", false, Vm.ABSENT)).isInstanceOf(TargetStep.Refuse.class);
    }

    @Test
    void aSavedStateThatBroughtTheOldDisksBackIsStoppedBeforeAnythingIsRemoved() {
        assertThat(finishing("vm", false, new Vm(true, true, false, true, false, false)))
                .isEqualTo(new TargetStep.StopVm());
    }

    @Test
    void oldFilesGoAfterTheEndIsWrittenAndNotWhenTheVmDidNotStart() {
        Target begun = target("vm", State.FILLED)
                .replacing(List.of("/old"), true, List.of("said"))
                .beginFinish(true);
        Target finished = begun.finished();
        assertThat(TargetStep.next(finished, TargetSeen.NOTHING)).isEqualTo(new TargetStep.RemoveReplaced());
        assertThat(TargetStep.next(finished.withoutOld(List.of()), TargetSeen.NOTHING))
                .isEqualTo(new TargetStep.Rest());
        Target unstarted = begun.unstarted(List.of("why"));
        assertThat(unstarted.notes()).containsExactly("said", "why");
        assertThat(TargetStep.next(unstarted.finished(), TargetSeen.NOTHING)).isEqualTo(new TargetStep.Rest());
    }

    @Test
    void anAbortTakesANewVmBackAndItsHelperAndVolumesAndThenVanishes() {
        Target going = target(null, State.FILLED).beginFinish(false).abort();
        TargetSeen all = new TargetSeen(true, false, Map.of(), true, NEW);
        assertThat(TargetStep.next(going, all)).isEqualTo(new TargetStep.Undefine());
        assertThat(TargetStep.next(going, all.withVm(Vm.ABSENT))).isEqualTo(new TargetStep.StopHelper());
        assertThat(TargetStep.next(going, new TargetSeen(false, false, Map.of(), true, Vm.ABSENT)))
                .isEqualTo(new TargetStep.DeleteVolumes());
        assertThat(TargetStep.next(going, TargetSeen.NOTHING)).isEqualTo(new TargetStep.Vanish());
    }

    @Test
    void anAbortAfterTheSwitchGoesForwardAndStartsNothing() {
        Target going = target("vm", State.FILLED).beginFinish(true).abort();
        assertThat(TargetStep.next(going, TargetSeen.NOTHING.withVm(NEW))).isEqualTo(new TargetStep.Finish());
        assertThat(TargetStep.next(going, TargetSeen.NOTHING.withVm(new Vm(true, true, false, true, false, false))))
                .isEqualTo(new TargetStep.StopVm());
        assertThat(TargetStep.next(going, TargetSeen.NOTHING.withVm(OLD))).isEqualTo(new TargetStep.Vanish());
    }

    @Test
    void anAbortBeforeTheSwitchLeavesAVmThatRunsAlone() {
        Target going = target("vm", State.FILLED).beginFinish(true).abort();
        TargetSeen running = TargetSeen.NOTHING.withVm(new Vm(true, false, false, true, false, false));
        assertThat(TargetStep.next(going, running)).isEqualTo(new TargetStep.Vanish());
    }
}
