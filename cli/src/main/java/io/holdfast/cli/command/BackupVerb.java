package io.holdfast.cli.command;

import io.holdfast.api.BackupKind;
import io.holdfast.api.Consistency;
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
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast backup}. */
@Command(
        name = "backup",
        description = {
            "Back up virtual machines into a vault: one restore point each.",
            "Of several, one line per machine; the exit code is 1 if any failed."
        })
public final class BackupVerb extends Verb {

    @Parameters(arity = "1..*", paramLabel = "VM", description = "NAME, SOURCE/NAME or the machine's id.")
    private List<String> vms = new ArrayList<>();

    @Option(names = "--vault", paramLabel = "VAULT", required = true, description = "Where to. No default.")
    private String vault = "";

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "full or incremental (what changed since the last one; full where there is none);"
                    + " differential is not there yet: refused. Default: incremental.")
    private @Nullable BackupKind kind;

    @Option(
            names = "--consistency",
            paramLabel = "HOW",
            description = "crash (as after a power cut); filesystem (frozen by the guest's agent) and application"
                    + " are not there yet: refused. Default: crash.")
    private @Nullable Consistency consistency;

    @Mixin
    private WaitOptions wait = new WaitOptions();

    public BackupVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(CatalogClient catalog, Report report) throws InterruptedException {
        List<Follower.Order> orders = vms.stream()
                .distinct()
                .map(vm ->
                        new Follower.Order(vm, () -> catalog.backup(new Requests.Backup(vm, vault, kind, consistency))))
                .toList();
        List<Outcome> outcomes = follow(catalog, orders, wait);
        report.result(JobResults.document("vm", outcomes), () -> table(outcomes));
        JobResults.notes(outcomes, report);
        return JobResults.end(outcomes, report);
    }

    private static Table table(List<Outcome> outcomes) {
        Table table = new Table("VM", "RESULT", "KIND", "CONSISTENCY", ">READ", ">STORED", ">TOOK", "POINT", "JOB");
        for (Outcome outcome : outcomes) {
            var job = outcome.job();
            table.row(
                    outcome.label(),
                    outcome.state(),
                    JobResults.field(job, "kind").toLowerCase(Locale.ROOT),
                    JobResults.field(job, "consistency").toLowerCase(Locale.ROOT),
                    JobResults.bytes(job, "readBytes"),
                    JobResults.bytes(job, "storedBytes"),
                    JobResults.took(job),
                    JobResults.field(job, "id"),
                    job == null ? "" : job.id().toString());
        }
        return table;
    }
}
