package io.holdfast.cli.direct;

import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Unfinished;
import io.holdfast.vault.PointManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast direct copy}. */
@Command(
        description = {
            "Copy points from one vault into another, oldest first.",
            "Every block is proven as it is read and sealed with the other vault's keys. Points that are there already are passed over, so"
                    + " that the same command goes on where one was ended. A point that cannot be read is named, the others are copied; the exit code is 1 then."
        })
final class CopyVerb extends DirectVerb {

    private static final String GOES_ON =
            "points that were copied are in the other vault; the same command goes on with the others.";

    @Parameters(
            index = "1",
            paramLabel = "URL2",
            description = "The other vault, which has to be there: see 'direct create'.")
    private String url2 = "";

    @Parameters(
            index = "2..*",
            arity = "0..*",
            paramLabel = "POINT",
            description = "A point's id, or its first 6 or more characters. Default: every point of every machine.")
    private List<String> typed = List.of();

    @Option(
            names = "--to-passphrase-file",
            paramLabel = "FILE",
            description = "A file whose first line is the other vault's passphrase. Default: $HOLDFAST_TO_PASSPHRASE.")
    private @Nullable Path toPassphrase;

    @Option(
            names = "--to-key-file",
            paramLabel = "FILE",
            description = "A key file that opens the other vault. Default: a passphrase.")
    private @Nullable Path toKeyFile;

    @Option(
            names = "--to-s3-credentials",
            paramLabel = "FILE",
            description = "S3 keys of the other vault's bucket. Default: those of the first.")
    private @Nullable Path toCredentials;

    CopyVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Place place, Report report) throws InterruptedException {
        Inputs inputs = new Inputs(
                url2,
                toCredentials == null ? credentials() : toCredentials,
                toPassphrase,
                toKeyFile,
                "HOLDFAST_TO_PASSPHRASE");
        try (Place to = place(inputs, report);
                OpenedVault from = OpenedVault.open(place);
                OpenedVault into = OpenedVault.open(to)) {
            if (from.vault().id().equals(into.vault().id())) {
                throw usage("Both are one vault: there is nothing to copy.");
            }
            PointSearch search = new PointSearch(from.vault(), report);
            List<FoundPoint> points = typed.isEmpty()
                    ? search.all(null)
                    : typed.stream()
                            .map(search::find)
                            .distinct()
                            .sorted(java.util.Comparator.comparing(FoundPoint::takenAt))
                            .toList();
            List<String> chain = typed.isEmpty()
                    ? new ChainLook(
                                    from.vault(),
                                    KnownHeads.of(shell(), from.vault().id()))
                            .findings(points, true)
                    : List.of();
            chain.forEach(report::note);
            KnownHeads heads = KnownHeads.of(shell(), into.vault().id());
            heads.prepare();
            try (Unfinished.Open _ = shell().unfinished().lastWords(() -> report.note(GOES_ON))) {
                return copy(new PointCopy(from.vault(), into.vault(), search), points, heads, chain, report);
            }
        }
    }

    private int copy(PointCopy copy, List<FoundPoint> points, KnownHeads heads, List<String> chain, Report report)
            throws InterruptedException {
        long started = System.nanoTime();
        List<PointCopy.Outcome> outcomes = new ArrayList<>();
        boolean remembered = true;
        for (FoundPoint point : points) {
            DirectProgress progress = progress(
                    point.vmName() + " " + point.id().toString().substring(0, 8),
                    "copy",
                    point.sizes().virtual());
            PointCopy.Outcome outcome = copy.one(point, heads.of(point.vm()), progress);
            if (outcome.failure() == null) {
                progress.done();
            }
            PointManifest made = outcome.made();
            remembered &= made == null || heads.remembered(point.vm(), made.head(), report);
            if (outcome.failure() != null) {
                report.note("point " + point.id() + " was not copied: " + outcome.failure());
            }
            outcomes.add(outcome);
        }
        double seconds = Math.round((System.nanoTime() - started) / 1e6) / 1000.0;
        boolean ok = remembered && chain.isEmpty() && outcomes.stream().allMatch(outcome -> outcome.failure() == null);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ok", ok);
        document.put("points", outcomes.stream().map(CopyVerb::document).toList());
        document.put("chain", chain);
        document.put("seconds", seconds);
        report.result(document, () -> table(outcomes));
        return ok ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private static Map<String, Object> document(PointCopy.Outcome outcome) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("point", outcome.point().id());
        document.put("vm", outcome.point().vmName());
        document.put("result", word(outcome));
        PointManifest made = outcome.made();
        if (made != null) {
            document.put("readBytes", made.sizes().read());
            document.put("newBytes", made.sizes().fresh());
            document.put("storedBytes", made.sizes().stored());
        }
        if (outcome.failure() != null) {
            document.put("error", outcome.failure());
        }
        return document;
    }

    private static String word(PointCopy.Outcome outcome) {
        if (outcome.failure() != null) {
            return "failed";
        }
        return outcome.made() == null ? "there" : "copied";
    }

    private static Table table(List<PointCopy.Outcome> outcomes) {
        Table table = new Table("POINT", "VM", "RESULT", ">READ", ">STORED");
        for (PointCopy.Outcome outcome : outcomes) {
            PointManifest made = outcome.made();
            table.row(
                    outcome.point().id().toString(),
                    outcome.point().vmName(),
                    word(outcome),
                    made == null ? "" : Human.bytes(made.sizes().read()),
                    made == null ? "" : Human.bytes(made.sizes().stored()));
        }
        return table;
    }
}
