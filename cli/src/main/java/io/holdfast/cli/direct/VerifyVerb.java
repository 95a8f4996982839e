package io.holdfast.cli.direct;

import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.vault.Vault;
import io.holdfast.vault.VerifyReport;
import io.holdfast.vault.VerifyReport.Damage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast direct verify}. */
@Command(
        description = {
            "Read points from the vault and prove every block of them.",
            "Also looks whether a machine's chain of points is whole. What points share is read once. Damage is told by point, disk and"
                    + " offset; nothing is written."
        })
final class VerifyVerb extends DirectVerb {

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "POINT",
            description = "A point's id, or its first 6 or more characters. Default: every point of every machine.")
    private List<String> typed = List.of();

    @Option(
            names = "--sample",
            paramLabel = "PERCENT",
            defaultValue = "100",
            description = "Read about so much of each point, 1 to 100, chosen at random. Default: 100.")
    private int percent;

    VerifyVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected void check() {
        if (percent < 1 || percent > 100) {
            throw usage("--sample is a percentage: 1 to 100.");
        }
    }

    @Override
    protected int run(Place place, Report report) {
        try (OpenedVault opened = OpenedVault.open(place)) {
            PointSearch search = new PointSearch(opened.vault(), report);
            List<FoundPoint> points = chosen(search);
            List<String> chain = new ChainLook(
                            opened.vault(),
                            KnownHeads.of(shell(), opened.vault().id()))
                    .findings(points, typed.isEmpty());
            chain.forEach(report::note);
            DirectProgress progress = progress("vault", "verify", bytes(points));
            List<Verified> reports = verify(opened.vault(), search, points, progress, report);
            boolean ok = chain.isEmpty() && reports.stream().allMatch(Verified::ok);
            if (ok) {
                progress.done();
            }
            report.result(document(reports, chain, ok, progress.seconds()), () -> table(reports, report));
            return ok ? ExitCodes.DONE : ExitCodes.FAILED;
        }
    }

    /** What is kept of a verification: not the manifest. */
    private record Verified(FoundPoint point, long bytes, List<Damage> damages, boolean complete) {
        boolean ok() {
            return damages.isEmpty();
        }
    }

    private List<FoundPoint> chosen(PointSearch search) {
        return typed.isEmpty()
                ? search.all(null)
                : typed.stream().map(search::find).distinct().toList();
    }

    /** Newest first: an older point of the same machine is then read only where it differs. */
    private List<Verified> verify(
            Vault vault, PointSearch search, List<FoundPoint> points, DirectProgress progress, Report report) {
        Map<String, VerifyReport> last = new HashMap<>();
        List<Verified> reports = new ArrayList<>();
        for (FoundPoint point : points.reversed()) {
            Optional<VerifyReport> beside =
                    percent == 100 ? Optional.ofNullable(last.get(point.vm())) : Optional.empty();
            VerifyReport verified = vault.verify(search.manifest(point), beside, percent, progress::add);
            last.put(point.vm(), verified);
            Verified kept = new Verified(point, verified.verifiedBytes(), verified.damages(), verified.complete());
            tell(kept, report);
            reports.addFirst(kept);
        }
        return reports;
    }

    /** About what will be read: what the newest points of the machines hold, and what each other one added. */
    private static long bytes(List<FoundPoint> points) {
        Map<String, FoundPoint> newest = new HashMap<>();
        points.forEach(point -> newest.put(point.vm(), point));
        return points.stream()
                .mapToLong(point -> point.equals(newest.get(point.vm()))
                        ? point.dataBytes()
                        : point.sizes().fresh())
                .sum();
    }

    private static void tell(Verified verified, Report report) {
        for (Damage damage : verified.damages()) {
            report.note("point " + verified.point().id() + ", disk " + damage.disk() + ", "
                    + damage.range().length() + " bytes from " + damage.range().offset() + ": " + damage.message());
        }
        if (!verified.complete()) {
            report.note("point " + verified.point().id() + " has more damage than is told.");
        }
    }

    private static Map<String, Object> document(
            List<Verified> reports, List<String> chain, boolean ok, double seconds) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ok", ok);
        document.put("points", reports.stream().map(VerifyVerb::document).toList());
        document.put("chain", chain);
        document.put("seconds", seconds);
        return document;
    }

    private static Map<String, Object> document(Verified report) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("point", report.point().id());
        document.put("vm", report.point().vmName());
        document.put("ok", report.ok());
        document.put("verifiedBytes", report.bytes());
        document.put("complete", report.complete());
        document.put(
                "damages", report.damages().stream().map(VerifyVerb::document).toList());
        return document;
    }

    private static Map<String, Object> document(Damage damage) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("disk", damage.disk());
        document.put("offset", damage.range().offset());
        document.put("length", damage.range().length());
        document.put("trouble", damage.kind().name().toLowerCase(Locale.ROOT));
        document.put("object", damage.object());
        document.put("detail", damage.message());
        return document;
    }

    private static Table table(List<Verified> reports, Report report) {
        Table table = new Table("POINT", "VM", "TAKEN", ">READ", "RESULT");
        for (Verified one : reports) {
            table.row(
                    one.point().id().toString(),
                    one.point().vmName(),
                    Human.time(one.point().takenAt(), report.zone()),
                    Human.bytes(one.bytes()),
                    one.ok() ? "right" : one.damages().size() + " damages");
        }
        return table;
    }
}
