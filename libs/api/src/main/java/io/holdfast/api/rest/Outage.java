package io.holdfast.api.rest;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Tells a database that is away for a moment from a failure of our own, through whatever wraps it. */
enum Outage {
    /** Something else is wrong. */
    NONE,
    /** A statement was not answered: its transaction has changed nothing. */
    UNANSWERED,
    /** The commit was not answered: it may have been done. */
    COMMIT_UNANSWERED;

    private static final int MOST = 50;

    static Outage of(Throwable failure) {
        Deque<Throwable> look = new ArrayDeque<>();
        look.add(failure);
        Outage found = NONE;
        for (int seen = 0; seen < MOST && !look.isEmpty(); seen++) {
            Throwable next = look.remove();
            // By name: most services have no transactions, and the transaction manager's failures carry no SQL state.
            if (next.getClass().getName().startsWith("jakarta.transaction.")) {
                return COMMIT_UNANSWERED;
            }
            if (next instanceof SQLException sql && passing(sql.getSQLState())) {
                found = UNANSWERED;
            }
            if (next.getCause() != null) {
                look.add(next.getCause());
            }
            look.addAll(java.util.List.of(next.getSuppressed()));
        }
        return found;
    }

    /** Classes 08, 53, 57 and 40: connection, resources, shutdown, a transaction that lost against another. */
    private static boolean passing(@org.jspecify.annotations.Nullable String state) {
        return state == null || state.matches("(08|53|57|40).*");
    }
}
