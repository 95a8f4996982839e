package io.holdfast.local;

import io.holdfast.cli.Environment;
import io.holdfast.cli.HoldfastCommand;
import io.holdfast.cli.Shell;
import io.holdfast.local.demo.DemoVerb;
import java.util.LinkedHashMap;
import java.util.Map;

/** The whole command line: what {@code ./holdfast} runs. */
public final class Main {

    /** Ends the process with the verb's exit code. */
    public static void main(String[] arguments) {
        Shell shell = new Shell(Environment.ofProcess());
        shell.tellUnfinishedAtExit();
        Map<String, Object> verbs = new LinkedHashMap<>();
        verbs.put("demo", new DemoVerb(shell));
        verbs.put("up", new UpVerb(shell));
        verbs.put("status", new StatusVerb(shell));
        verbs.put("down", new DownVerb(shell));
        verbs.put("supervise", new SuperviseVerb(shell));
        verbs.put("build", new ScriptVerbs.Build(shell));
        verbs.put("test", new ScriptVerbs.Test(shell));
        verbs.put("lint", new ScriptVerbs.Lint(shell));
        verbs.put("bench", new ScriptVerbs.Bench(shell));
        System.exit(HoldfastCommand.run(shell, verbs, arguments));
    }

    private Main() {}
}
