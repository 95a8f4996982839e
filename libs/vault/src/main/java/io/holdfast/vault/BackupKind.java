package io.holdfast.vault;

/** How a point was read. The order is the code in a manifest. */
public enum BackupKind {
    /** Every disk was read in full. */
    FULL,
    /** Disks were read where they changed since the base. */
    INCREMENTAL,
    /** As incremental, the base being a full point. */
    DIFFERENTIAL
}
