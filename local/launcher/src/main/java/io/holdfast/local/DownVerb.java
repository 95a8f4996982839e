package io.holdfast.local;

import io.holdfast.cli.Shell;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Supervisor;
import picocli.CommandLine.Command;

/** {@code holdfast down}. */
@Command(
        name = "down",
        description = {
            "Stops the suite on this machine; nothing it keeps is lost.",
            "Running jobs go on at the next 'up', where they were."
        })
final class DownVerb extends LocalVerb {

    DownVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Home home) {
        boolean ran = new Supervisor(home).stop();
        shell.environment().screen().out().println(ran ? "The suite is down." : "The suite was not running.");
        return 0;
    }
}
