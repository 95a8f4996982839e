package io.holdfast.systemtests.kill;

import io.holdfast.testkit.proxy.Hold;

/**
 * One message of an operation, and who is killed while it or its reply is withheld.
 *
 * @param message what it is, for people
 * @param pattern by which it is known on the wire
 * @param slow whether it only comes while the operation takes its time: a renewal
 */
record Arrow(
        Operation operation, String message, Link link, String pattern, Hold.Side side, String victim, boolean slow) {

    /** What is under way. */
    enum Operation {
        BACKUP,
        RESTORE
    }

    @Override
    public String toString() {
        String where = side == Hold.Side.REQUEST ? "before" : "after";
        return operation.name().toLowerCase(java.util.Locale.ROOT) + ": kill -9 " + victim + " " + where + " " + message
                + " (" + link.from + " to " + link.to + ")";
    }
}
