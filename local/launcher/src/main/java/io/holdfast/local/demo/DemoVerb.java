package io.holdfast.local.demo;

import io.holdfast.api.problem.ApiException;
import io.holdfast.cli.Shell;
import io.holdfast.cli.http.BearerToken;
import io.holdfast.cli.http.CatalogAddress;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.progress.ProgressView;
import io.holdfast.local.LocalVerb;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.SuiteFile;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast demo}. */
@Command(
        name = "demo",
        description = {
            "Protects a small real guest, loses it, and restores it from every restore point.",
            "The restored guest itself checks every file. Everything happens in $HOLDFAST_HOME/demo and nothing is left of it.",
            "Exit code 0 only if every restore was verified and nothing was left."
        })
public final class DemoVerb extends LocalVerb {

    @Option(names = "--json", description = "Print the result as one JSON document on standard output.")
    private boolean json;

    @Option(names = "--keep", description = "Leave the suite and the guest's libvirt running, to look around.")
    private boolean keep;

    @Option(
            names = {"-y", "--yes"},
            description = "Install what is missing without asking.")
    @SuppressWarnings("UnusedVariable") // read by the script; here for the help text
    private boolean yes;

    public DemoVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Home userHome) throws IOException, InterruptedException {
        // Its lock is held until this process ends: also while the ground is cleared.
        DemoGround ground = DemoGround.cleared(userHome);
        PrintStream err = shell.environment().screen().err();
        CleanUp cleanUp = new CleanUp(ground, err);
        Runtime.getRuntime().addShutdownHook(cleanUp.hook());
        DemoResult result;
        try {
            result = told(ground, err);
            if (cleanUp.asked() && json) {
                // Before the ground is cleared: this process lives no longer than that.
                DemoTable.print(result, true, shell.environment().screen().out());
            }
        } finally {
            cleanUp.storyIsOver();
        }
        if (cleanUp.asked()) {
            throw new InterruptedException("the demo was ended");
        }
        if (keep) {
            cleanUp.keep();
        }
        boolean cleared = cleanUp.clear();
        DemoTable.print(result, json, shell.environment().screen().out());
        if (keep) {
            sayHowToLook(ground, err);
        }
        return result.ok() && cleared ? 0 : 1;
    }

    /** What came of it; a failure is a result, too. */
    private DemoResult told(DemoGround ground, PrintStream err) {
        DemoResult.Findings findings = new DemoResult.Findings();
        try {
            play(ground, findings);
            return findings.result(null);
        } catch (InterruptedException e) {
            return findings.result("It was ended before it was over.");
        } catch (DemoFailedException | IOException | UncheckedIOException | TimeoutException | ApiException e) {
            err.println("holdfast: the demo failed: " + e.getMessage());
            if (!keep) {
                err.println("holdfast: run it with --keep to look at the logs in "
                        + ground.home().logs());
            }
            return findings.result(String.valueOf(e.getMessage()));
        }
    }

    private void play(DemoGround ground, DemoResult.Findings findings)
            throws IOException, InterruptedException, TimeoutException, DemoFailedException {
        ProgressView progress = shell.progress(1);
        SuiteFile suite = ground.start(line -> progress.say("  " + line));
        String token = Home.readIfPresent(Path.of(suite.adminTokenFile()));
        if (token == null) {
            throw new DemoFailedException("the catalog made no admin token");
        }
        try (CatalogClient catalog = new CatalogClient(CatalogAddress.of(suite.catalog(), new BearerToken(token)))) {
            new Demo(catalog, ground, progress, shell.environment().clock()).run(suite, findings);
        }
    }

    private static void sayHowToLook(DemoGround ground, PrintStream err) {
        err.println("The suite is left running. Look around with:");
        err.println("  export HOLDFAST_HOME=" + quoted(ground.home().root()));
        err.println("  ./holdfast status; ./holdfast point list; ./holdfast job list");
        err.println(
                "  ./holdfast restore POINT --as web1 --start     (the guest is gone: this makes a machine to try things on)");
        err.println("  virsh -c " + quoted(ground.libvirt().uri()) + " list --all");
        err.println("The next demo (without that HOLDFAST_HOME) ends it and removes everything.");
    }
}
