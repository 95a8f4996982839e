package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.storage.MonotonicClock;
import io.holdfast.vault.CollectOptions;
import io.holdfast.vault.CollectReport;
import io.holdfast.vault.CollectReport.Unfinished;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast direct collect}. */
@Command(
        description = {
            "Delete what no point needs any more.",
            "May run beside backups and restores, may be interrupted and repeated at any time. Backups that are under way keep what they"
                    + " stored; one of which nothing is heard for a while counts as dead, and would have to begin again."
        })
final class CollectVerb extends DirectVerb {

    private static final int MOST_TOLD = 5;

    @Option(names = "--dry-run", description = "Only tell what would be deleted. Default: delete it.")
    private boolean dryRun;

    @Option(
            names = "--patience",
            paramLabel = "MINUTES",
            defaultValue = "15",
            description =
                    "How long to wait for a sign of life of a backup that did not end and is in the way. They give one every 3"
                            + " minutes. Default: 15.")
    private int minutes;

    @Option(
            names = "--despite-damage",
            description = "Collect although points are missing or cannot be read. What only those needed is lost for"
                    + " good. Default: delete nothing then.")
    private boolean despiteDamage;

    CollectVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected void check() {
        if (minutes < 0 || minutes > 1440) {
            throw usage("--patience is minutes: 0 to 1440.");
        }
    }

    @Override
    protected int run(Place place, Report report) {
        try (OpenedVault opened = OpenedVault.open(place)) {
            KnownHeads heads = KnownHeads.of(shell(), opened.vault().id());
            CollectReport done = opened.vault()
                    .collect(new CollectOptions(
                            dryRun,
                            Optional.of(Duration.ofMinutes(minutes)),
                            despiteDamage,
                            heads.all(),
                            MonotonicClock.system(),
                            sessions -> report.note("Waiting up to " + minutes + " minutes for a sign of life of "
                                    + named(sessions) + ". Ctrl-C does no harm.")));
            done.refusal().ifPresent(sentence -> {
                throw new ApiException(
                        ErrorCode.VAULT_CHAIN_BROKEN,
                        sentence
                                + " What is missing may come back from a copy; if it does not, --despite-damage collects"
                                + " nevertheless.");
            });
            done.fenced().forEach(session -> report.note("Declared dead, nothing was heard of it: " + named(session)));
            if (!done.waitingFor().isEmpty()) {
                report.note("Some packs are kept because of " + named(done.waitingFor()) + ": collect again later.");
            }
            report.result(document(done), () -> table(done));
            return 0;
        }
    }

    private static String named(List<Unfinished> sessions) {
        String first =
                sessions.stream().limit(MOST_TOLD).map(CollectVerb::named).collect(Collectors.joining(", "));
        return sessions.size() > MOST_TOLD ? first + " and " + (sessions.size() - MOST_TOLD) + " more" : first;
    }

    private static String named(Unfinished session) {
        return session.vm().isEmpty()
                ? "a backup whose record cannot be read (" + session.session() + ")"
                : "a backup of " + session.vm() + " (job " + session.job() + ")";
    }

    private Map<String, Object> document(CollectReport report) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("dryRun", dryRun);
        document.put("points", report.points());
        document.put("packs", report.packs());
        document.put("packBytes", report.packBytes());
        document.put("garbagePacks", report.garbagePacks());
        document.put("garbageBytes", report.garbageBytes());
        document.put("deletedPacks", report.deletedPacks());
        document.put("deletedBytes", report.deletedBytes());
        document.put(
                "waitingFor", report.waitingFor().stream().map(Unfinished::job).toList());
        document.put(
                "declaredDead", report.fenced().stream().map(Unfinished::job).toList());
        return document;
    }

    private Table table(CollectReport report) {
        return Table.ofFields()
                .row("Points:", Integer.toString(report.points()))
                .row("Packs:", report.packs() + ", " + Human.bytes(report.packBytes()))
                .row("Not needed:", report.garbagePacks() + ", " + Human.bytes(report.garbageBytes()))
                .row(
                        dryRun ? "Would delete:" : "Deleted:",
                        report.deletedPacks() + ", " + Human.bytes(report.deletedBytes()));
    }
}
