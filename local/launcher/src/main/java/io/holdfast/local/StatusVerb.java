package io.holdfast.local;

import io.holdfast.cli.OutputOptions;
import io.holdfast.cli.Shell;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.PartStatus;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Supervisor;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast status}. */
@Command(
        name = "status",
        description = {"Shows the parts of the suite on this machine.", "Exit code 0 when it runs, 3 when it does not."
        })
final class StatusVerb implements Callable<Integer> {

    private final Shell shell;

    @Mixin
    private OutputOptions output = new OutputOptions();

    StatusVerb(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Home home = Home.ofEnvironment(shell.environment().variables());
        boolean runs = new Supervisor(home).isRunning();
        List<PartStatus> parts = PartStatus.of(home);
        PrintStream out = shell.environment().screen().out();
        if (output.json()) {
            out.println(StatusJson.of(runs, SuiteFile.of(home).catalog(), parts));
        } else {
            out.println(runs ? "The suite runs: " + SuiteFile.of(home).catalog() : "The suite does not run.");
            for (PartStatus part : parts) {
                long seconds = Duration.between(
                                part.since(), shell.environment().clock().instant())
                        .toSeconds();
                out.println(String.format(
                        Locale.ROOT,
                        "  %-18s pid %-8d port %-6d %-10s up %-10s %5d MiB",
                        part.name(),
                        part.pid(),
                        part.port(),
                        part.ready() ? "ready" : "not ready",
                        seconds + " s",
                        part.residentBytes() >> 20));
            }
        }
        return runs ? 0 : 3;
    }
}
