package io.holdfast.vault;

import java.util.Optional;
import java.util.UUID;

/**
 * What a session is going to store.
 *
 * @param vm stable id of the machine, 1 to 1024 characters without control characters
 * @param vmName its name, for people
 * @param source the hypervisor connection it lives on
 * @param job the job; attempts of one job make one point together
 * @param point the point's id, the same for every attempt of the job
 * @param moment the frozen view; attempts of one job on one moment go on where the last one stopped
 * @param kind what was asked for
 * @param base the point that disks are compared with; a disk may name another. Empty: everything is stored anew
 * @param known the newest manifest of the machine that is remembered outside the vault: it shows a roll-back, and no number up
 *     to it is given again
 */
public record BackupIntent(
        String vm,
        String vmName,
        String source,
        String job,
        UUID point,
        String moment,
        BackupKind kind,
        Optional<UUID> base,
        Optional<ChainHead> known) {

    /** An intent of somebody who remembers no manifest. */
    public BackupIntent(
            String vm,
            String vmName,
            String source,
            String job,
            UUID point,
            String moment,
            BackupKind kind,
            Optional<UUID> base) {
        this(vm, vmName, source, job, point, moment, kind, base, Optional.empty());
    }

    public BackupIntent {
        id("vm", vm);
        id("job", job);
        id("moment", moment);
        bounded("vmName", vmName);
        bounded("source", source);
    }

    private static void id(String name, String value) {
        bounded(name, value);
        if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(name + " is empty or has control characters");
        }
    }

    private static void bounded(String name, String value) {
        if (value.length() > 1024) {
            throw new IllegalArgumentException(name + " is longer than 1024 characters");
        }
    }
}
