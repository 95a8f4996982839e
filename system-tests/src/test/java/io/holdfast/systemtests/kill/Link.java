package io.holdfast.systemtests.kill;

/** Who talks to whom; each has a proxy in between. */
enum Link {
    WORKER_CATALOG("backup-worker", "catalog-service"),
    WORKER_SNAPSHOT("backup-worker", "snapshot-service"),
    RESTORE_CATALOG("restore-service", "catalog-service"),
    RESTORE_SNAPSHOT("restore-service", "snapshot-service"),
    SNAPSHOT_CATALOG("snapshot-service", "catalog-service"),
    CATALOG_SNAPSHOT("catalog-service", "snapshot-service"),
    CATALOG_POSTGRES("catalog-service", "postgresql"),
    SNAPSHOT_POSTGRES("snapshot-service", "postgresql"),
    SNAPSHOT_LIBVIRT("snapshot-service", "libvirt"),
    /** Worker and restore-service open a vault at the same address. */
    WORKER_OBJECTS("backup-worker", "object-store");

    final String from;
    final String to;

    Link(String from, String to) {
        this.from = from;
        this.to = to;
    }

    /** Whether the other end is one of those that have to survive a kill. */
    boolean killsServer() {
        return this != SNAPSHOT_LIBVIRT && this != WORKER_OBJECTS;
    }

    static Link between(String from, String to) {
        for (Link link : values()) {
            if (link.from.equals(from) && link.to.equals(to)) {
                return link;
            }
        }
        throw new IllegalArgumentException(from + " does not talk to " + to);
    }
}
