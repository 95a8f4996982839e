package io.holdfast.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.api.job.JobEnd;
import io.holdfast.api.job.LeasedJob;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.target.TargetInfo.State;
import jakarta.ws.rs.ProcessingException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Attempts among others: cancelled, interrupted, fenced off, or only looking what an earlier one made. */
class RestoreAttemptTest extends RestoreSuite {

    @Test
    void aTargetThatAnEarlierAttemptFinishedIsTheResult() throws Exception {
        services.onOpenTarget = request -> target(State.FINISHED, null);
        assertThat(restore.run(job(List.of()), context).path("vmId").asText()).isEqualTo("id-2");
        assertThat(services.finished).isEmpty();
    }

    @Test
    void aCancelledRestoreLeavesNoTarget() {
        services.onFill = fill -> target(State.FILLING, null);
        services.onTarget = () -> {
            cancelled = true;
            Thread.currentThread().interrupt();
            return target(State.FILLING, null);
        };
        LeasedJob job = job(List.of());
        assertThatThrownBy(() -> restore.run(job, context)).isInstanceOf(InterruptedException.class);
        assertThat(services.aborted).containsExactly(job.job());
        boolean _ = Thread.interrupted();
    }

    @Test
    void aRestoreThatIsCancelledWhileItIsFilledIsNeverFinished() {
        services.onFill = fill -> {
            // The interrupt came while this call was under way and was swallowed by it.
            cancelled = true;
            return target(State.FILLED, null);
        };
        LeasedJob job = job(List.of());
        assertThatThrownBy(() -> restore.run(job, context)).isInstanceOf(InterruptedException.class);
        assertThat(services.finished).isEmpty();
        assertThat(services.aborted).containsExactly(job.job());
    }

    @Test
    void anInterruptThatTheRestClientTookForABrokenConnectionIsNotAskedAgain() {
        services.onFinish = () -> {
            throw new ProcessingException("broken", new InterruptedException());
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(InterruptedException.class);
        assertThat(services.finished).hasSize(1);
    }

    private LeasedJob lookOnly() {
        return new LeasedJob(UUID.randomUUID(), 3, 30, spec(List.of()), List.of(), true);
    }

    @Test
    void aLookTellsAFinishedTargetFromOneThatIsNot() throws Exception {
        services.onTarget = () -> target(State.FINISHED, null);
        assertThat(restore.run(lookOnly(), context).path("vmId").asText()).isEqualTo("id-2");
        services.onTarget = () -> target(State.FILLED, null);
        assertThatThrownBy(() -> restore.run(lookOnly(), context)).isInstanceOf(ApiException.class);
        assertThat(lastMade).isEqualTo(JobEnd.Made.NOTHING);
        assertThat(services.opened).isEmpty();
        assertThat(services.finished).isEmpty();
        assertThat(services.aborted).isEmpty();
    }

    @Test
    void aLookBringsABegunFinishToItsEndAndAdoptsIt() throws Exception {
        services.onTarget = this::finishing;
        services.onFinish = () -> {
            throw new ApiException(ErrorCode.HYPERVISOR_TIMEOUT, "Slow.");
        };
        assertThatThrownBy(() -> restore.run(lookOnly(), context)).isInstanceOf(ApiException.class);
        assertThat(lastMade).isNull();
        services.onFinish = () -> target(State.FINISHED, null);
        assertThat(restore.run(lookOnly(), context).path("vmId").asText()).isEqualTo("id-2");
        assertThat(services.calls).doesNotContain("renewTarget");
    }

    @Test
    void aBegunFinishIsGoneOnWithAtOnceAndNeverCountsAsNothing() throws Exception {
        services.onOpenTarget = request -> finishing();
        services.onFinish = () -> {
            throw new ApiException(ErrorCode.HYPERVISOR_TIMEOUT, "Slow.");
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(ApiException.class);
        assertThat(lastMade).isEqualTo(JobEnd.Made.PERHAPS);
        lastMade = null;
        services.onOpenTarget = request -> {
            cancelled = true;
            return finishing();
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(InterruptedException.class);
        assertThat(lastMade).isNull();
    }

    @Test
    void aLookThatGetsNoAnswerDecidesNothing() {
        services.onTarget = () -> {
            throw new ApiException(ErrorCode.HYPERVISOR_ERROR, "Hangs.");
        };
        assertThatThrownBy(() -> restore.run(lookOnly(), context)).isInstanceOf(ApiException.class);
        assertThat(lastMade).isNull();
    }

    @Test
    void onlyAnAttemptThatAskedToFinishMayHaveMadeTheVm() {
        services.onFill = fill -> {
            throw new ApiException(ErrorCode.NO_SPACE, "Full.");
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(ApiException.class);
        assertThat(lastMade).isEqualTo(JobEnd.Made.NOTHING);
        services.onFill = fill -> target(State.FILLED, null);
        services.onFinish = () -> {
            throw new ApiException(ErrorCode.HYPERVISOR_ERROR, "Hangs.");
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(ApiException.class);
        assertThat(lastMade).isEqualTo(JobEnd.Made.PERHAPS);
    }

    @Test
    void anInterruptedRestoreLeavesItsTargetToTheNextAttempt() {
        services.onFill = fill -> target(State.FILLING, null);
        services.onTarget = () -> {
            Thread.currentThread().interrupt();
            return target(State.FILLING, null);
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(InterruptedException.class);
        assertThat(services.aborted).isEmpty();
        boolean _ = Thread.interrupted();
    }

    @Test
    void aFencedAttemptTouchesNothing() {
        services.onOpenTarget = request -> {
            throw new ApiException(ErrorCode.FENCED, "Another attempt.");
        };
        assertThatThrownBy(() -> restore.run(job(List.of()), context)).isInstanceOf(ApiException.class);
        assertThat(services.aborted).isEmpty();
    }
}
