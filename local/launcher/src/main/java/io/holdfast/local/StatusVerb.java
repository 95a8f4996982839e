package io.holdfast.local;

import io.holdfast.cli.OutputOptions;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.PartStatus;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Supervisor;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code holdfast status}. */
@Command(
        name = "status",
        description = {
            "Shows the parts of the suite on this machine.",
            "Exit code 0 when all of it is ready, 1 when a part is not, 3 when it does not run."
        })
final class StatusVerb extends LocalVerb {

    @Mixin
    private OutputOptions output = new OutputOptions();

    StatusVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Home home) {
        boolean runs = new Supervisor(home).isRunning();
        List<PartStatus> parts = PartStatus.of(home, runs);
        String catalog = SuiteFile.of(home).catalog();
        PrintStream out = shell.environment().screen().out();
        if (output.json()) {
            out.println(StatusJson.of(runs, catalog, parts));
        } else {
            String starts = runs ? "The suite is starting." : "The suite does not run.";
            out.println(runs && !catalog.isEmpty() ? "The suite runs: " + catalog : starts);
            parts.forEach(part -> out.println(line(part)));
            out.println("State and logs: " + home.root());
        }
        if (!runs) {
            return 3;
        }
        return !catalog.isEmpty() && parts.stream().allMatch(PartStatus::ready) ? 0 : 1;
    }

    private String line(PartStatus part) {
        if (!part.lives()) {
            return String.format(Locale.ROOT, "  %-18s %-12s port %-6d not running", part.name(), "", part.port());
        }
        Duration up = Duration.between(part.since(), shell.environment().clock().instant());
        return String.format(
                Locale.ROOT,
                "  %-18s pid %-8d port %-6d %-10s up %-10s %5d MiB",
                part.name(),
                part.pid(),
                part.port(),
                part.ready() ? "ready" : "not ready",
                Human.duration(up),
                part.residentBytes() >> 20);
    }
}
