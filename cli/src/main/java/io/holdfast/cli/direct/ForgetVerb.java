package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.vault.ForgetReport;
import io.holdfast.vault.Vault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code holdfast direct forget}. */
@Command(
        description = {
            "Remove points for good.",
            "They can never be restored again; all others are as they were. What only they needed stays stored until 'direct collect'."
                    + " Nothing is removed unless every POINT is found."
        })
final class ForgetVerb extends DirectVerb {

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "POINT",
            description = "A point's id, or its first 6 or more characters.")
    private List<String> typed = List.of();

    ForgetVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Place place, Report report) {
        try (OpenedVault opened = OpenedVault.open(place)) {
            Vault vault = opened.vault();
            PointSearch search = new PointSearch(vault, report);
            List<FoundPoint> points =
                    typed.stream().map(search::find).distinct().toList();
            KnownHeads heads = KnownHeads.of(shell(), vault.id());
            Map<String, Set<UUID>> byVm = points.stream()
                    .collect(Collectors.groupingBy(
                            FoundPoint::vm, TreeMap::new, Collectors.mapping(FoundPoint::id, Collectors.toSet())));
            byVm.forEach((vm, ids) -> forget(vault, heads, vm, ids, report));
            report.result(document(points), () -> table(points, report));
            report.note("What only they needed is deleted by: holdfast direct collect " + place.url());
            return 0;
        }
    }

    private static void forget(Vault vault, KnownHeads heads, String vm, Set<UUID> ids, Report report) {
        ForgetReport done = vault.forget(vm, ids);
        if (!done.unknown().isEmpty()) {
            throw new ApiException(ErrorCode.POINT_NOT_FOUND, "Points " + done.unknown() + " are gone.");
        }
        // Without it the vault would seem rolled back, if one of them was the newest.
        done.head().ifPresent(head -> heads.remembered(vm, head, report));
    }

    private static List<Map<String, Object>> document(List<FoundPoint> points) {
        return points.stream()
                .map(point -> {
                    Map<String, Object> one = new LinkedHashMap<>();
                    one.put("point", point.id());
                    one.put("vm", point.vmName());
                    one.put("result", "removed");
                    return one;
                })
                .toList();
    }

    private static Table table(List<FoundPoint> points, Report report) {
        Table table = new Table("POINT", "VM", "TAKEN", "RESULT");
        for (FoundPoint point : points) {
            String taken = Human.time(point.takenAt(), report.zone());
            table.row(point.id().toString(), point.vmName(), taken, "removed");
        }
        return table;
    }
}
