package io.holdfast.cli.direct;

import io.holdfast.api.vault.VaultChecked;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.vault.PointManifest;
import io.holdfast.vault.VerifyReport;
import io.holdfast.vault.VerifyReport.Damage;
import io.holdfast.vault.access.ChainFindings;
import java.util.ArrayList;
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
            List<PointManifest> points = chosen(new PointSearch(opened.vault()));
            List<VaultChecked.Finding> chain = chain(opened, points);
            DirectProgress progress = progress("vault", "verify", bytes(points));
            List<VerifyReport> reports = verify(opened, points, progress);
            progress.done();
            boolean ok = reports.stream().allMatch(VerifyReport::ok)
                    && chain.stream().allMatch(VaultChecked.Finding::harmless);
            chain.forEach(finding -> report.note(finding.sentence()));
            reports.forEach(one -> tell(one, report));
            report.result(document(reports, chain, ok, progress.seconds()), () -> table(reports, report));
            return ok ? ExitCodes.DONE : ExitCodes.FAILED;
        }
    }

    private List<PointManifest> chosen(PointSearch search) {
        return typed.isEmpty()
                ? search.all(null)
                : typed.stream().map(search::one).distinct().toList();
    }

    private List<VaultChecked.Finding> chain(OpenedVault opened, List<PointManifest> points) {
        KnownHeads heads = KnownHeads.of(shell(), opened.vault().id());
        List<VaultChecked.Finding> findings = new ArrayList<>();
        // Also machines of which nothing is left: what was made from here is known to have been there.
        List<String> vms =
                new ArrayList<>(points.stream().map(PointManifest::vm).toList());
        if (typed.isEmpty()) {
            vms.addAll(opened.vault().vms());
            vms.addAll(heads.vms());
        }
        for (String vm : vms.stream().distinct().sorted().toList()) {
            findings.addAll(ChainFindings.of(opened.vault().checkChain(vm, heads.of(vm)), Optional.empty()));
        }
        return findings;
    }

    /** Newest first: an older point of the same machine is then read only where it differs. */
    private List<VerifyReport> verify(OpenedVault opened, List<PointManifest> points, DirectProgress progress) {
        Map<String, VerifyReport> last = new LinkedHashMap<>();
        List<VerifyReport> reports = new ArrayList<>();
        for (PointManifest point : points.reversed()) {
            Optional<VerifyReport> beside =
                    percent == 100 ? Optional.ofNullable(last.get(point.vm())) : Optional.empty();
            VerifyReport report = opened.vault().verify(point, beside, percent, progress::add);
            last.put(point.vm(), report);
            reports.addFirst(report);
        }
        return reports;
    }

    /** About what will be read: what the newest points of the machines hold, and what each other one added. */
    private static long bytes(List<PointManifest> points) {
        Map<String, PointManifest> newest = new LinkedHashMap<>();
        points.forEach(point -> newest.put(point.vm(), point));
        return points.stream()
                .mapToLong(point -> newest.get(point.vm()) == point
                        ? point.disks().stream()
                                .flatMap(disk -> disk.packs().stream())
                                .mapToLong(pack -> pack.blocks() * 4096)
                                .sum()
                        : point.sizes().fresh())
                .sum();
    }

    private static void tell(VerifyReport verified, Report report) {
        for (Damage damage : verified.damages()) {
            report.note("point " + verified.point().id() + ", disk " + damage.disk() + ", "
                    + damage.range().length() + " bytes from " + damage.range().offset() + ": " + damage.message());
        }
        if (!verified.complete()) {
            report.note("point " + verified.point().id() + " has more damage than is told.");
        }
    }

    private static Map<String, Object> document(
            List<VerifyReport> reports, List<VaultChecked.Finding> chain, boolean ok, double seconds) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ok", ok);
        document.put("points", reports.stream().map(VerifyVerb::document).toList());
        document.put("chain", chain);
        document.put("seconds", seconds);
        return document;
    }

    private static Map<String, Object> document(VerifyReport report) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("point", report.point().id());
        document.put("vm", report.point().vmName());
        document.put("ok", report.ok());
        document.put("verifiedBytes", report.verifiedBytes());
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

    private static Table table(List<VerifyReport> reports, Report report) {
        Table table = new Table("POINT", "VM", "TAKEN", ">READ", "RESULT");
        for (VerifyReport one : reports) {
            table.row(
                    one.point().id().toString(),
                    one.point().vmName(),
                    Human.time(one.point().takenAt(), report.zone()),
                    Human.bytes(one.verifiedBytes()),
                    one.ok() ? "right" : one.damages().size() + " damages");
        }
        return table;
    }
}
