package io.holdfast.local;

import io.holdfast.cli.Shell;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.SupervisorMain;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** What {@code holdfast up} runs in the background; also for those who have a supervisor of their own (systemd). */
@Command(
        name = "supervise",
        description = "Runs the suite in the foreground and keeps its parts alive until it is asked to end.")
final class SuperviseVerb extends LocalVerb {

    SuperviseVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Home home) throws InterruptedException {
        return SupervisorMain.run(home, Installation.ofSystem(), cache());
    }

    /** What can be made again at any time: unpacked programs. */
    private Path cache() {
        String given = shell.variable("XDG_CACHE_HOME");
        Path base = given == null ? shell.environment().userHome().resolve(".cache") : Path.of(given);
        return base.resolve("holdfast");
    }
}
