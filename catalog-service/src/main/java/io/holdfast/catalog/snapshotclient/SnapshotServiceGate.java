package io.holdfast.catalog.snapshotclient;

import io.holdfast.api.Page;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.rest.SnapshotServiceApi;
import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceRemoved;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.source.VmInfo;
import io.holdfast.api.view.SettleView;
import io.holdfast.catalog.app.port.Hypervisors;
import io.holdfast.catalog.app.port.OutboxStore;
import jakarta.ws.rs.ProcessingException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** snapshot-service over HTTP. What it says is passed on; silence becomes {@code unavailable} or {@code deadline-exceeded}. */
public final class SnapshotServiceGate implements Hypervisors {

    private final SnapshotServiceApi api;

    public SnapshotServiceGate(SnapshotServiceApi api) {
        this.api = api;
    }

    @Override
    public List<SourceInfo> sources() {
        return call(api::sources);
    }

    @Override
    public SourceInfo source(String name) {
        return call(() -> api.source(name));
    }

    @Override
    public SourceInfo addSource(SourceSpec spec) {
        return change(() -> api.addSource(spec));
    }

    @Override
    public SourceRemoved removeSource(String name, boolean forget) {
        return change(() -> api.removeSource(name, forget));
    }

    @Override
    public Page<VmInfo> vms(@Nullable String source, @Nullable String vm, @Nullable String after, int limit) {
        return call(() -> api.vms(source, vm, after, limit));
    }

    @Override
    public VmInfo vm(String source, String id) {
        return call(() -> api.vm(source, id));
    }

    @Override
    public List<SnapshotInfo> snapshots(String source, String vm) {
        return call(() -> api.snapshots(source, vm));
    }

    @Override
    public void tell(OutboxStore.Message message) {
        run(() -> {
            switch (message.kind()) {
                case SETTLE_COMMITTED -> api.settleView(new SettleView(job(message), "committed", message.moment()));
                case SETTLE_ABANDONED -> api.settleView(new SettleView(job(message), "abandoned", null));
                case ABORT_TARGET -> api.settleTarget(job(message));
                case FORGET_LINE -> api.forgetVault(Objects.requireNonNull(message.vault()));
            }
        });
    }

    private static UUID job(OutboxStore.Message message) {
        return Objects.requireNonNull(message.job());
    }

    private static void run(Runnable call) {
        call(() -> {
            call.run();
            return true;
        });
    }

    /** What changes something may have been done when the answer is lost. */
    private static <T> T change(Supplier<T> call) {
        try {
            return call.get();
        } catch (ApiException e) {
            throw passedOn(e);
        } catch (ProcessingException e) {
            throw neverSent(e)
                    ? unanswered(e)
                    : new ApiException(
                            ErrorCode.OUTCOME_UNKNOWN, "snapshot-service did not answer: it may have been done.", e);
        }
    }

    private static boolean neverSent(ProcessingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException) {
                return true;
            }
        }
        return false;
    }

    private static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (ApiException e) {
            throw passedOn(e);
        } catch (ProcessingException e) {
            throw unanswered(e);
        }
    }

    /** The catalog's own token being refused is not the caller's fault. */
    private static ApiException passedOn(ApiException e) {
        return switch (e.code()) {
            case UNAUTHENTICATED, FORBIDDEN ->
                new ApiException(ErrorCode.UNAVAILABLE, "snapshot-service does not accept the catalog's token.", e);
            default -> e;
        };
    }

    private static ApiException unanswered(ProcessingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
                return new ApiException(
                        ErrorCode.DEADLINE_EXCEEDED, "snapshot-service did not answer within the deadline.", e);
            }
        }
        return new ApiException(ErrorCode.UNAVAILABLE, "snapshot-service cannot be reached.", e);
    }
}
