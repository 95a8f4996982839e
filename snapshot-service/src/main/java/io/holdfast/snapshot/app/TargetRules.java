package io.holdfast.snapshot.app;

import io.holdfast.api.target.TargetInfo.State;
import io.holdfast.snapshot.domain.Target;

/** Small rules about targets. */
final class TargetRules {

    private TargetRules() {}

    static boolean unfinished(Target target) {
        return target.state() != State.FINISHED && target.state() != State.ABORTED;
    }
}
