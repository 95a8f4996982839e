package io.holdfast.vault;

/** How consistent a point is: the outcome. The order is the code in a manifest. */
public enum Consistency {
    /** As after pulling the plug: every disk at one moment. */
    CRASH,
    /** File systems were frozen. */
    FILESYSTEM,
    /** Applications were asked, and file systems frozen. */
    APPLICATION
}
