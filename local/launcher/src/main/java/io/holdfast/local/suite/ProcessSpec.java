package io.holdfast.local.suite;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How one part of the suite is started.
 *
 * @param name of the part, also of its log file
 * @param command program and arguments; no secret among them, everybody can read a process list
 * @param environment added to an otherwise almost empty environment; secrets may be here
 * @param folder working folder
 * @param stdinHeld whether the part ends by itself when this process ends, by reading the end of its standard input
 */
record ProcessSpec(String name, List<String> command, Map<String, String> environment, Path folder, boolean stdinHeld) {

    /** The same with more in its environment. */
    ProcessSpec with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return new ProcessSpec(name, command, Map.copyOf(all), folder, stdinHeld);
    }
}
