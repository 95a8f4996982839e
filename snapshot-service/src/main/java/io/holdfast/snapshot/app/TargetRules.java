package io.holdfast.snapshot.app;

import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Target;

/** Small rules about targets. */
final class TargetRules {

    private TargetRules() {}

    static boolean unfinished(Target target) {
        return target.state() != State.FINISHED && target.state() != State.ABORTED;
    }

    /** Whether a clean-up was begun that nobody will ask for again. */
    static boolean owesCleanUp(Target target) {
        return unfinished(target)
                ? target.aborting()
                : target.state() == State.FINISHED && !target.oldPaths().isEmpty();
    }

    /** Whether the VM is between its old and its new form: a start of the service goes on with that. */
    static boolean finishing(Target target) {
        return unfinished(target) && target.finishing() && target.state() == State.FILLED;
    }
}
