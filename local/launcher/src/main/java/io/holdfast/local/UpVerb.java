package io.holdfast.local;

import io.holdfast.cli.Shell;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Supervisor;
import java.io.IOException;
import java.io.PrintStream;
import picocli.CommandLine.Command;

/** {@code holdfast up}. */
@Command(
        name = "up",
        description = {
            "Starts the suite on this machine and returns when it answers.",
            "State is kept in $HOLDFAST_HOME (default ~/.holdfast); it survives 'down' and a restart of the machine."
        })
final class UpVerb extends LocalVerb {

    UpVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Home home) throws IOException, InterruptedException {
        PrintStream out = shell.environment().screen().out();
        PrintStream err = shell.environment().screen().err();
        Supervisor.Started started = new Supervisor(home).startDetached(Installation.ofSystem(), true, err::println);
        SuiteFile suite = started.suite();
        String vault = "s3+" + suite.objects() + "/" + suite.bucket() + "/vault";
        out.println((started.fresh() ? "The suite is up: " : "The suite runs already: ") + suite.catalog());
        out.println("State and logs: " + home.root() + "; sockets for QEMU: " + home.nbd());
        out.println("An S3 bucket for a first vault, and your own libvirt:");
        out.println("  holdfast vault add main " + quoted(vault) + " --s3-credentials "
                + quoted(suite.objectsCredentialsFile()));
        out.println("  holdfast source add lab qemu:///system");
        return 0;
    }
}
