package io.holdfast.systemtests.kill;

import java.util.List;
import java.util.stream.Stream;

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
    WORKER_OBJECTS("backup-worker", "object-store"),
    /** Worker and restore-service open a vault at the same address: they share a proxy. */
    RESTORE_OBJECTS("restore-service", "object-store"),
    /** A frozen view's export; each has a socket of its own. */
    WORKER_NBD("backup-worker", "hypervisor"),
    /** A served point. */
    RESTORE_NBD("hypervisor", "restore-service");

    private static final List<String> SPARED = List.of("libvirt", "hypervisor", "object-store");

    final String from;
    final String to;

    Link(String from, String to) {
        this.from = from;
        this.to = to;
    }

    /** The name of the proxy in between. */
    String proxy() {
        return (this == RESTORE_OBJECTS ? WORKER_OBJECTS.from : from) + ">" + to;
    }

    /** Those of its ends that have to survive a kill. */
    List<String> victims() {
        return Stream.of(from, to).filter(part -> !SPARED.contains(part)).toList();
    }

    /** Whether the proxy in between is put there only when the operation has made the socket. */
    boolean madeByTheOperation() {
        return this == WORKER_NBD || this == RESTORE_NBD;
    }

    /** Whether what passes depends on the state of the VM. */
    boolean aboutTheHypervisor() {
        return from.equals("snapshot-service") || to.equals("snapshot-service");
    }
}
