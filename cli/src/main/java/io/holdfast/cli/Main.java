package io.holdfast.cli;

import java.util.Map;

/** The command line alone, without the launcher's verbs. */
public final class Main {

    /** Ends the process with the verb's exit code. */
    public static void main(String[] arguments) {
        Shell shell = new Shell(Environment.ofProcess());
        shell.tellUnfinishedAtExit();
        System.exit(HoldfastCommand.run(shell, Map.of(), arguments));
    }

    private Main() {}
}
