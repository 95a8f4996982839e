package io.holdfast.local.demo;

import io.holdfast.api.problem.ApiException;
import io.holdfast.cli.Shell;
import io.holdfast.cli.http.BearerToken;
import io.holdfast.cli.http.CatalogAddress;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.SuiteFile;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast demo}. */
@Command(
        name = "demo",
        description = {
            "Protects a small real guest, loses it, and restores it from every restore point; the restored guest",
            "itself checks every file. Everything happens in $HOLDFAST_HOME/demo and nothing is left of it.",
            "Exit code 0 only if every restore was verified."
        })
public final class DemoVerb implements Callable<Integer> {

    private final Shell shell;

    @Option(names = "--json", description = "Print the result as one JSON document on standard output.")
    private boolean json;

    @Option(names = "--keep", description = "Leave the suite and the guest's libvirt running, to look around.")
    private boolean keep;

    public DemoVerb(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream err = shell.environment().screen().err();
        DemoGround ground =
                DemoGround.cleared(Home.ofEnvironment(shell.environment().variables()));
        OnExit onExit = new OnExit(ground);
        Runtime.getRuntime().addShutdownHook(onExit.hook());
        boolean ok = false;
        try {
            ok = play(ground, err);
        } catch (DemoFailedException | IOException | TimeoutException | ApiException e) {
            err.println("holdfast: the demo failed: " + e.getMessage());
            err.println(
                    keep
                            ? ""
                            : "holdfast: run it with --keep to look at the logs in "
                                    + ground.home().logs());
        } finally {
            if (keep) {
                onExit.keep();
                sayHowToLook(ground, err);
            }
        }
        return ok ? 0 : 1;
    }

    private boolean play(DemoGround ground, PrintStream err)
            throws IOException, InterruptedException, TimeoutException, DemoFailedException {
        SuiteFile suite = ground.start(line -> err.println("  " + line));
        String token = Home.readIfPresent(java.nio.file.Path.of(suite.adminTokenFile()));
        if (token == null) {
            throw new DemoFailedException("the catalog made no admin token");
        }
        try (CatalogClient catalog = new CatalogClient(CatalogAddress.of(suite.catalog(), new BearerToken(token)))) {
            Demo demo = new Demo(
                    catalog, ground, shell.progress(1), shell.environment().clock(), line -> err.println("  " + line));
            DemoResult result = demo.run(suite);
            DemoTable.print(result, json, shell.environment().screen().out());
            return result.ok();
        }
    }

    private static void sayHowToLook(DemoGround ground, PrintStream err) {
        err.println("The suite is left running. Look around with:");
        err.println("  export HOLDFAST_HOME=" + ground.home().root());
        err.println("  ./holdfast status; ./holdfast point list; ./holdfast job list");
        err.println("  virsh -c '" + ground.libvirt().uri() + "' list --all");
        err.println("The next demo (without that HOLDFAST_HOME) ends it and removes everything.");
    }

    /** Leaves nothing behind, whether the demo ends by itself or by Ctrl-C. */
    private static final class OnExit {
        private final DemoGround ground;
        private volatile boolean keep;

        OnExit(DemoGround ground) {
            this.ground = ground;
        }

        void keep() {
            keep = true;
        }

        Thread hook() {
            return new Thread(this::clear, "demo-clear");
        }

        private void clear() {
            if (keep) {
                return;
            }
            try {
                ground.clear();
            } catch (IOException e) {
                System.err.println(
                        "holdfast: not everything could be removed; the next demo tries again: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
