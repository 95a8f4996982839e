package io.holdfast.systemtests;

import java.util.Map;
import java.util.Set;

/** What makes suites of tests quicker and changes nothing that is tested. */
public final class Quick {

    private static final Set<String> FEW_BYTES = Set.of("catalog-service", "snapshot-service", "object-store");

    /** Vaults that hold nothing somebody wants. */
    public static final Map<String, String> KEYS =
            Map.of("HOLDFAST_WORKER_KEY_MEMORY", "8M", "HOLDFAST_WORKER_KEY_ROUNDS", "1");

    /**
     * Of a part's JVM, which lives for minutes: what the second compiler costs it never gives back, but where bytes are moved,
     * because only that one knows AES and SHA.
     */
    public static Map<String, String> jvm(String part) {
        return FEW_BYTES.contains(part) ? Map.of("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1") : Map.of();
    }

    private Quick() {}
}
