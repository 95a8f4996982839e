package io.holdfast.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.BackupKind;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.Checkpoint.State;
import io.holdfast.snapshot.domain.View;
import io.holdfast.snapshot.domain.View.Phase;
import io.holdfast.snapshot.domain.ViewPlan;
import io.holdfast.snapshot.domain.ViewPlan.Mode;
import io.holdfast.snapshot.domain.ViewSeen;
import io.holdfast.snapshot.domain.ViewSeen.Job;
import io.holdfast.snapshot.domain.ViewSeen.Power;
import io.holdfast.snapshot.domain.ViewStep;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewStepTest {

    private static final UUID ID = new UUID(1, 2);

    private static View view(Mode mode, Phase phase, boolean chosen, @Nullable Instant taken) {
        ViewPlan plan = new ViewPlan(mode, "vm", "cp", "/s", 0, List.of(), chosen);
        return new View(
                ID,
                ID,
                1,
                ID,
                "lab",
                "vm",
                "vm",
                ID,
                ID,
                BackupKind.FULL,
                List.of(),
                phase,
                plan,
                "off",
                "<domain/>",
                List.of(),
                taken,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    private static ViewStep opening(Mode mode, boolean chosen, Power power, Job job, boolean scratch) {
        return ViewStep.next(
                view(mode, Phase.OPENING, chosen, null), new ViewSeen(power, job, scratch, scratch, false));
    }

    @Test
    void openingReservesScratchThenWakesThenChoosesThenBegins() {
        assertThat(opening(Mode.WAKE, false, Power.OFF, Job.NONE, false)).isEqualTo(new ViewStep.ReserveScratch());
        assertThat(opening(Mode.WAKE, false, Power.OFF, Job.NONE, true)).isEqualTo(new ViewStep.Wake());
        assertThat(opening(Mode.HELPER, false, Power.GONE, Job.NONE, true)).isEqualTo(new ViewStep.StartHelper());
        assertThat(opening(Mode.WAKE, false, Power.PAUSED, Job.NONE, true)).isEqualTo(new ViewStep.ChooseBases());
        assertThat(opening(Mode.WAKE, true, Power.PAUSED, Job.NONE, true)).isEqualTo(new ViewStep.Begin());
    }

    @Test
    void aJobOfOursThatNoRowKnowsIsAdoptedAndAForeignOneIsRefused() {
        assertThat(opening(Mode.AS_IS, true, Power.RUNNING, Job.OURS, true)).isEqualTo(new ViewStep.Adopt());
        assertThat(opening(Mode.AS_IS, true, Power.RUNNING, Job.FOREIGN, true)).isInstanceOf(ViewStep.Refuse.class);
        assertThat(opening(Mode.AS_IS, true, Power.OFF, Job.NONE, true)).isInstanceOf(ViewStep.Refuse.class);
    }

    @Test
    void anOpenViewIsReadyWhileItsJobRunsAndLostOtherwise() {
        View open = view(Mode.AS_IS, Phase.OPEN, true, Instant.EPOCH);
        assertThat(ViewStep.next(open, new ViewSeen(Power.RUNNING, Job.OURS, true, true, true)))
                .isEqualTo(new ViewStep.Ready());
        assertThat(ViewStep.next(open, new ViewSeen(Power.RUNNING, Job.NONE, true, true, true)))
                .isInstanceOf(ViewStep.Lost.class);
    }

    @Test
    void closingEndsTheJobThenOurDomainThenScratchThenTheSocket() {
        View closing = view(Mode.WAKE, Phase.CLOSING, true, Instant.EPOCH);
        assertThat(ViewStep.next(closing, new ViewSeen(Power.PAUSED, Job.OURS, true, true, true)))
                .isEqualTo(new ViewStep.AbortJob());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.PAUSED, Job.NONE, true, true, true)))
                .isEqualTo(new ViewStep.StopDomain());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.OFF, Job.NONE, true, true, true)))
                .isEqualTo(new ViewStep.DeleteScratch());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.OFF, Job.NONE, false, false, true)))
                .isEqualTo(new ViewStep.RemoveSocket());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.OFF, Job.NONE, false, false, false)))
                .isEqualTo(new ViewStep.Done());
    }

    @Test
    void aDomainThatSomebodyResumedIsNotStopped() {
        View closing = view(Mode.WAKE, Phase.CLOSING, true, Instant.EPOCH);
        assertThat(ViewStep.next(closing, new ViewSeen(Power.RUNNING, Job.NONE, false, false, false)))
                .isEqualTo(new ViewStep.Done());
    }

    private static Checkpoint checkpoint(UUID job, State state, int second) {
        return new Checkpoint(
                UUID.randomUUID(),
                job,
                ID,
                "vm",
                ID,
                UUID.randomUUID(),
                "c" + second,
                state,
                Instant.ofEpochSecond(second));
    }

    @Test
    void theOldestPendingCheckpointIsPromotedAndTheLineStaysBounded() {
        UUID job = UUID.randomUUID();
        List<Checkpoint> line = List.of(
                checkpoint(ID, State.COMMITTED, 1),
                checkpoint(ID, State.COMMITTED, 2),
                checkpoint(job, State.PENDING, 4),
                checkpoint(job, State.PENDING, 3));
        assertThat(Checkpoint.settled(line, job, true, 2))
                .extracting(c -> c.name() + c.state())
                .containsExactlyInAnyOrder("c3COMMITTED", "c4DROPPING", "c1DROPPING");
        assertThat(Checkpoint.settled(line, job, false, 2))
                .extracting(c -> c.name() + c.state())
                .containsExactlyInAnyOrder("c3DROPPING", "c4DROPPING");
        assertThat(Checkpoint.settled(line, UUID.randomUUID(), true, 2)).isEmpty();
    }
}
