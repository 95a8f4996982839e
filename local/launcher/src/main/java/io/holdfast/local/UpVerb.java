package io.holdfast.local;

import io.holdfast.cli.Shell;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Supervisor;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code holdfast up}. */
@Command(
        name = "up",
        description = {
            "Starts the suite on this machine and returns when it answers.",
            "State is kept in $HOLDFAST_HOME (default ~/.holdfast); it survives 'down' and a restart of the machine."
        })
final class UpVerb implements Callable<Integer> {

    private final Shell shell;

    UpVerb(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        Home home = Home.ofEnvironment(shell.environment().variables());
        PrintStream out = shell.environment().screen().out();
        PrintStream err = shell.environment().screen().err();
        Supervisor supervisor = new Supervisor(home);
        if (supervisor.isRunning()) {
            out.println("The suite runs already: " + SuiteFile.of(home).catalog());
            return 0;
        }
        SuiteFile suite;
        try {
            suite = supervisor.startDetached(Installation.ofSystem(), err::println);
        } catch (IOException e) {
            err.println("holdfast: " + e.getMessage());
            return 1;
        }
        out.println("The suite is up: " + suite.catalog());
        out.println("State and logs: " + home.root());
        out.println("An S3 bucket for a first vault: s3+" + suite.objects() + "/" + suite.bucket() + "/vault");
        out.println("  holdfast vault add main s3+" + suite.objects() + "/" + suite.bucket()
                + "/vault --s3-credentials " + suite.objectsCredentialsFile());
        out.println("  holdfast source add lab qemu:///system");
        return 0;
    }
}
