package io.holdfast.systemtests.kill;

import io.holdfast.testkit.proxy.Hold;
import java.util.Locale;

/** One message of an operation, and who is killed while it or its reply is withheld. */
record Arrow(Message message, Hold.Side side, String victim) {

    /** What is under way. */
    enum Operation {
        /** Of a VM that runs. */
        BACKUP,
        /** Of a VM that is off. */
        BACKUP_OFF,
        /** Of a VM that is off with a managed save. */
        BACKUP_SAVED,
        RESTORE,
        RESTORE_IN_PLACE;

        boolean isBackup() {
            return this != RESTORE && this != RESTORE_IN_PLACE;
        }
    }

    Operation operation() {
        return message.operation();
    }

    @Override
    public String toString() {
        String where = side == Hold.Side.REQUEST ? "before" : "after";
        Link link = message.link();
        return operation().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": kill -9 " + victim + " " + where + " "
                + message.name() + " (" + link.from + " to " + link.to + ")";
    }
}
