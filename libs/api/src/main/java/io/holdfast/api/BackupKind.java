package io.holdfast.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a restore point was read. Every kind restores alone. */
public enum BackupKind {
    /** Everything allocated was read. */
    @JsonProperty("full")
    FULL,
    /** What changed since the base point's checkpoint was read. */
    @JsonProperty("incremental")
    INCREMENTAL,
    /** What changed since the last full was read. */
    @JsonProperty("differential")
    DIFFERENTIAL
}
