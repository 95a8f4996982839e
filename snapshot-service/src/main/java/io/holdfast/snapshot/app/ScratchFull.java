package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.View;

/** What people are told when scratch ran full. */
final class ScratchFull {

    private ScratchFull() {}

    static ApiException problem(View view) {
        long bytes =
                view.plan().disks().stream().mapToLong(d -> d.scratch().bytes()).sum();
        return new ApiException(
                ErrorCode.SCRATCH_FULL,
                "The scratch limit was reached: the guest overwrote more than the " + bytes
                        + " bytes reserved for that while the backup read. The view was ended so that the guest goes on."
                        + " Raise the source's scratch limit, or leave it out to have all of it reserved.");
    }
}
