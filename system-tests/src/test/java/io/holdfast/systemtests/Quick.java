package io.holdfast.systemtests;

import java.util.Map;

/** What makes suites of tests quicker and changes nothing that is tested. */
public final class Quick {

    /** JVMs that live for minutes: what the second compiler costs it never gives back. */
    public static final Map<String, String> JVM = Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1");

    /** Vaults that hold nothing somebody wants. */
    public static final Map<String, String> KEYS =
            Map.of("HOLDFAST_WORKER_KEY_MEMORY", "8M", "HOLDFAST_WORKER_KEY_ROUNDS", "1");

    private Quick() {}
}
