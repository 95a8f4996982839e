package io.holdfast.cli.command;

import io.holdfast.api.Patterns;
import io.holdfast.api.job.Requests;
import io.holdfast.cli.Shell;
import io.holdfast.cli.WaitOptions;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Follower;
import io.holdfast.cli.progress.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast restore}. */
@Command(
        name = "restore",
        description = {
            "Restore a point as new virtual machines, or over the one it was taken of.",
            "In place: the disks are filled beside the old ones, verified, then switched; the old ones stay until that"
                    + " succeeded. Network cards of a new machine stay disconnected while the original exists."
        })
public final class RestoreVerb extends IdVerb {

    /** As whom. */
    static final class As {
        @Option(
                names = "--as",
                paramLabel = "NAME",
                required = true,
                split = ",",
                description = "Name of the new machine; again, or with commas, for several at once. No default.")
        private List<String> names = new ArrayList<>();

        @Option(
                names = "--in-place",
                required = true,
                description =
                        "Replace the disks of the machine the point was taken of: it is switched off if it runs, and its"
                                + " snapshots go with the replaced disks. Default: never without this.")
        private boolean inPlace;
    }

    @Parameters(index = "0", paramLabel = "POINT", description = "The point's id, or its first 6 or more characters.")
    private String point = "";

    @ArgGroup(exclusive = true, multiplicity = "1")
    private As as = new As();

    @Option(names = "--source", paramLabel = "SOURCE", description = "Where to. Default: the point's own source.")
    private @Nullable String source;

    @Option(
            names = "--pool",
            paramLabel = "POOL",
            description = "Storage pool of the new disks. Default: the original's, else 'default'.")
    private @Nullable String pool;

    @Option(
            names = "--network",
            paramLabel = "NETWORK",
            description = "Network of the new machine's cards. Default: as in the point.")
    private @Nullable String network;

    @Option(
            names = "--disk",
            paramLabel = "KEY",
            split = ",",
            description = "Only this disk (vda); again, or with commas, for several. Default: all.")
    private List<String> disks = new ArrayList<>();

    @Option(names = "--start", description = "Start the machine when it is restored. Default: it is off afterwards.")
    private boolean start;

    @Mixin
    private WaitOptions wait = new WaitOptions();

    public RestoreVerb(Shell shell) {
        super(shell);
    }

    @Override
    String typed() {
        return point;
    }

    @Override
    protected void check(Report report) {
        super.check(report);
        if (as.inPlace && source != null) {
            throw usage("--in-place restores where the machine is: --source goes with --as.");
        }
        // All before the first: of several machines none is made when one cannot be.
        for (String name : as.names) {
            if (!name.matches(Patterns.VM_NAME)) {
                throw usage("'" + name
                        + "' is no name for a machine: 1 to 63 letters, digits, '.', '_' and '-', the first a"
                        + " letter or a digit.");
            }
        }
        if (as.names.stream().distinct().count() != as.names.size()) {
            throw usage("Two machines of one source cannot have the same name.");
        }
    }

    @Override
    protected int run(CatalogClient catalog, Report report) throws InterruptedException {
        UUID id = pointId(catalog);
        List<Follower.Order> orders = as.inPlace
                ? List.of(order(catalog, id, "in place", null))
                : as.names.stream().map(name -> order(catalog, id, name, name)).toList();
        List<Outcome> outcomes = follow(catalog, orders, wait);
        report.result(JobResults.document("name", outcomes), () -> table(outcomes));
        JobResults.notes(outcomes, report);
        return JobResults.end(outcomes, report);
    }

    private Follower.Order order(CatalogClient catalog, UUID id, String label, @Nullable String name) {
        var request = new Requests.Restore(
                id, source, name, as.inPlace, pool, network, disks.isEmpty() ? null : disks, start);
        return new Follower.Order(label, () -> catalog.restore(request));
    }

    private static Table table(List<Outcome> outcomes) {
        Table table = new Table("NAME", "RESULT", ">TOOK", "VM", "JOB");
        for (Outcome outcome : outcomes) {
            var job = outcome.job();
            table.row(
                    outcome.label(),
                    outcome.state(),
                    JobResults.took(job),
                    JobResults.field(job, "vmId"),
                    job == null ? "" : job.id().toString());
        }
        return table;
    }
}
