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

    private static final int RUN = 7;

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
                Instant.EPOCH,
                false,
                false,
                mode == Mode.WAKE ? RUN : View.NOT_STARTED,
                null);
    }

    private static ViewStep opening(Mode mode, boolean chosen, Power power, Job job, boolean scratch) {
        return ViewStep.next(
                view(mode, Phase.OPENING, chosen, null), new ViewSeen(power, RUN, false, job, scratch, scratch, false));
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
        assertThat(ViewStep.next(open, new ViewSeen(Power.RUNNING, RUN, false, Job.OURS, true, true, true)))
                .isEqualTo(new ViewStep.Ready());
        assertThat(ViewStep.next(open, new ViewSeen(Power.RUNNING, RUN, false, Job.NONE, true, true, true)))
                .isInstanceOf(ViewStep.Lost.class);
    }

    @Test
    void closingEndsTheJobThenOurDomainThenScratchThenTheSocket() {
        View closing = view(Mode.WAKE, Phase.CLOSING, true, Instant.EPOCH);
        assertThat(ViewStep.next(closing, new ViewSeen(Power.PAUSED, RUN, false, Job.OURS, true, true, true)))
                .isEqualTo(new ViewStep.AbortJob());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.PAUSED, RUN, true, Job.NONE, true, true, true)))
                .isEqualTo(new ViewStep.StopDomain());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.OFF, RUN, false, Job.NONE, true, true, true)))
                .isEqualTo(new ViewStep.DeleteScratch());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.OFF, RUN, false, Job.NONE, false, false, true)))
                .isEqualTo(new ViewStep.RemoveSocket());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.OFF, RUN, false, Job.NONE, false, false, false)))
                .isEqualTo(new ViewStep.Done());
    }

    @Test
    void aDomainThatSomebodyResumedIsNotStopped() {
        View closing = view(Mode.WAKE, Phase.CLOSING, true, Instant.EPOCH);
        assertThat(ViewStep.next(closing, new ViewSeen(Power.RUNNING, RUN, false, Job.NONE, false, false, false)))
                .isEqualTo(new ViewStep.Done());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.PAUSED, RUN, false, Job.NONE, false, false, false)))
                .as("its guest ran, and he paused it since")
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
    void aPausedDomainThatWeDidNotStartIsNotStopped() {
        View closing = view(Mode.WAKE, Phase.CLOSING, true, Instant.EPOCH);
        ViewSeen later = new ViewSeen(Power.PAUSED, RUN + 1, true, Job.NONE, false, false, false);
        assertThat(ViewStep.next(closing, later)).isEqualTo(new ViewStep.Done());
        assertThat(ViewStep.next(closing.started(View.NOT_STARTED), later)).isEqualTo(new ViewStep.Done());
        assertThat(ViewStep.next(closing, new ViewSeen(Power.PAUSED, RUN, true, Job.FOREIGN, false, false, false)))
                .isEqualTo(new ViewStep.Done());
    }

    @Test
    void aStartThatAnEndedProcessDidNotNoteIsFoundAgainAndElseStopped() {
        View begun = view(Mode.WAKE, Phase.OPENING, false, null).started(View.STARTING);
        assertThat(ViewStep.next(begun, new ViewSeen(Power.PAUSED, RUN, true, Job.NONE, true, true, false)))
                .isEqualTo(new ViewStep.NoteStart(RUN));
        assertThat(ViewStep.next(begun, new ViewSeen(Power.RUNNING, RUN, false, Job.NONE, true, true, false)))
                .isEqualTo(new ViewStep.NoteStart(View.NOT_STARTED));
        assertThat(ViewStep.next(begun.closing(), new ViewSeen(Power.PAUSED, RUN, true, Job.NONE, true, true, false)))
                .isEqualTo(new ViewStep.StopDomain());
    }

    @Test
    void aDomainThatRanBeforeItWasPausedIsNotTheOneWeWereAboutToStart() {
        View begun = view(Mode.WAKE, Phase.OPENING, false, null).started(View.STARTING);
        assertThat(ViewStep.next(begun, new ViewSeen(Power.PAUSED, RUN, false, Job.NONE, true, true, false)))
                .isEqualTo(new ViewStep.NoteStart(View.NOT_STARTED));
        assertThat(ViewStep.next(
                        begun.closing(), new ViewSeen(Power.PAUSED, RUN, false, Job.NONE, false, false, false)))
                .isEqualTo(new ViewStep.Done());
    }

    @Test
    void aGuestThatStandsStillForOurScratchGoesOnOnceTheJobIsGone() {
        View freeing = view(Mode.AS_IS, Phase.FREEING, true, Instant.EPOCH);
        assertThat(ViewStep.next(freeing, new ViewSeen(Power.STALLED, RUN, false, Job.OURS, false, true, true)))
                .isEqualTo(new ViewStep.MarkFull());
        View full = freeing.full();
        assertThat(ViewStep.next(full, new ViewSeen(Power.STALLED, RUN, false, Job.OURS, false, true, true)))
                .isEqualTo(new ViewStep.AbortJob());
        ViewSeen ended = new ViewSeen(Power.STALLED, RUN, false, Job.NONE, false, true, true);
        assertThat(ViewStep.next(full, ended)).isEqualTo(new ViewStep.Resume());
        assertThat(ViewStep.next(full.letGo(), ended)).isEqualTo(new ViewStep.DeleteScratch());
    }

    @Test
    void aGuestThatStandsStillForAReasonOfItsOwnIsLeftAlone() {
        View freeing = view(Mode.AS_IS, Phase.FREEING, true, Instant.EPOCH);
        assertThat(ViewStep.next(freeing, new ViewSeen(Power.STALLED, RUN, false, Job.NONE, false, true, true)))
                .isEqualTo(new ViewStep.DeleteScratch());
        assertThat(ViewStep.next(freeing.full(), new ViewSeen(Power.PAUSED, RUN, false, Job.NONE, false, true, true)))
                .isEqualTo(new ViewStep.DeleteScratch());
    }

    @Test
    void whatEndsMeanwhileIsNotOpenedAgain() {
        View opening = view(Mode.AS_IS, Phase.OPENING, true, null);
        assertThat(opening.taken(Instant.EPOCH).phase()).isEqualTo(Phase.OPEN);
        assertThat(opening.closing().taken(Instant.EPOCH).phase()).isEqualTo(Phase.CLOSING);
        assertThat(opening.freeing().taken(Instant.EPOCH).phase()).isEqualTo(Phase.FREEING);
        assertThat(opening.closing().freeing().phase()).isEqualTo(Phase.CLOSING);
        assertThat(opening.closing().gone().phase()).isEqualTo(Phase.CLOSED);
        assertThat(opening.freeing().gone().phase()).isEqualTo(Phase.FREED);
        assertThat(opening.gone().phase()).isEqualTo(Phase.OPENING);
        assertThat(opening.freeing().gone().closing().gone().closing().phase()).isEqualTo(Phase.CLOSED);
    }

    @Test
    void onlyTheCommittedMomentsCheckpointIsPromotedAndTheLineStaysBounded() {
        UUID job = UUID.randomUUID();
        Checkpoint older = checkpoint(job, State.PENDING, 3);
        Checkpoint newer = checkpoint(job, State.PENDING, 4);
        List<Checkpoint> line =
                List.of(checkpoint(ID, State.COMMITTED, 1), checkpoint(ID, State.COMMITTED, 2), newer, older);
        assertThat(settled(line, job, older.moment()))
                .containsExactlyInAnyOrder("c3COMMITTED", "c4DROPPING", "c1DROPPING");
        assertThat(settled(line, job, newer.moment()))
                .containsExactlyInAnyOrder("c4COMMITTED", "c3DROPPING", "c1DROPPING");
        assertThat(settled(line, job, null)).containsExactlyInAnyOrder("c3DROPPING", "c4DROPPING");
        assertThat(settled(line, UUID.randomUUID(), older.moment())).isEmpty();
    }

    @Test
    void aCommittedMomentWithoutACheckpointOfItsOwnPromotesNoOther() {
        UUID job = UUID.randomUUID();
        List<Checkpoint> line = List.of(checkpoint(ID, State.COMMITTED, 1), checkpoint(job, State.PENDING, 2));
        assertThat(settled(line, job, UUID.randomUUID())).containsExactly("c2DROPPING");
    }

    private static List<String> settled(List<Checkpoint> line, UUID job, @Nullable UUID committed) {
        return Checkpoint.settled(line, job, committed, 2).stream()
                .map(c -> c.name() + c.state())
                .toList();
    }
}
