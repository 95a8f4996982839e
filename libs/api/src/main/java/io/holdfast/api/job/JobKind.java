package io.holdfast.api.job;

/** Kinds of jobs, and which service runs each. */
public enum JobKind {
    BACKUP(Runner.BACKUP_WORKER),
    VAULT_ADD(Runner.BACKUP_WORKER),
    VAULT_CHECK(Runner.BACKUP_WORKER),
    VAULT_COLLECT(Runner.BACKUP_WORKER),
    POINT_DELETE(Runner.BACKUP_WORKER),
    RESTORE(Runner.RESTORE_SERVICE),
    SNAPSHOT_CREATE(Runner.SNAPSHOT_SERVICE),
    SNAPSHOT_DELETE(Runner.SNAPSHOT_SERVICE),
    SOURCE_CHECK(Runner.SNAPSHOT_SERVICE);

    /** The services that lease jobs. */
    public enum Runner {
        BACKUP_WORKER,
        RESTORE_SERVICE,
        SNAPSHOT_SERVICE
    }

    private final Runner runner;

    JobKind(Runner runner) {
        this.runner = runner;
    }

    public Runner runner() {
        return runner;
    }
}
