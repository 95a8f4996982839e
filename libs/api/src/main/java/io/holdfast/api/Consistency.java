package io.holdfast.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How consistent a point is: the outcome, never the wish. */
public enum Consistency {
    /** As after pulling the plug: every disk at one moment. */
    @JsonProperty("crash")
    CRASH,
    /** File systems were frozen by the guest's agent. */
    @JsonProperty("filesystem")
    FILESYSTEM,
    /** Applications were asked by hooks, and file systems frozen. */
    @JsonProperty("application")
    APPLICATION
}
