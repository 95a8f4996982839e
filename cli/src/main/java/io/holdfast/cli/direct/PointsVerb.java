package io.holdfast.cli.direct;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.vault.Vault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code holdfast direct points}. */
@Command(description = "List the restore points of a vault, oldest first.")
final class PointsVerb extends DirectVerb {

    @Option(
            names = "--vm",
            paramLabel = "NAME",
            description = "Only those of this machine, by its name or id. Default: of all.")
    private @Nullable String vm;

    PointsVerb(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Place place, Report report) {
        try (OpenedVault opened = OpenedVault.open(place)) {
            PointSearch search = new PointSearch(opened.vault(), report);
            List<FoundPoint> points = search.all(vm);
            warn(opened.vault(), KnownHeads.of(shell(), opened.vault().id()), points, report);
            if (points.isEmpty() && vm != null) {
                throw new ApiException(ErrorCode.VM_NOT_FOUND, "The vault has no point of a machine " + vm + ".");
            }
            report.result(points.stream().map(PointsVerb::document).toList(), () -> table(points, report));
            return search.sawAll() ? ExitCodes.DONE : ExitCodes.FAILED;
        }
    }

    /** What was made from here and is not there any more. */
    private void warn(Vault vault, KnownHeads heads, List<FoundPoint> points, Report report) {
        for (String one : heads.vms()) {
            boolean asked = vm == null || one.equals(vm) || points.stream().anyMatch(p -> p.vm().equals(one));
            heads.of(one)
                    .filter(known -> asked)
                    .filter(known -> points.stream()
                            .noneMatch(p -> p.vm().equals(one) && p.head().equals(known)))
                    .filter(known -> !vault.holds(one, known))
                    .ifPresent(
                            known -> report.note(
                                    "warning: point number " + known.sequence() + " of " + one
                                            + ", which was made from here, is gone or was replaced: the vault was rolled back or damaged."));
        }
    }

    private static Map<String, Object> document(FoundPoint point) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("point", point.id());
        document.put("vm", point.vmName());
        document.put("vmId", point.vm());
        document.put("createdAt", point.takenAt());
        document.put("kind", word(point.kind()));
        document.put(
                "disks",
                point.disks().stream()
                        .map(disk -> Map.of("key", disk.key(), "virtualBytes", disk.size()))
                        .toList());
        document.put("readBytes", point.sizes().read());
        document.put("newBytes", point.sizes().fresh());
        document.put("storedBytes", point.sizes().stored());
        document.put("notes", point.notes());
        return document;
    }

    private static Table table(List<FoundPoint> points, Report report) {
        Table table = new Table("POINT", "VM", "KIND", "TAKEN", "DISKS", ">SIZE", ">READ", ">STORED", ">NOTES");
        for (FoundPoint point : points) {
            table.row(
                    point.id().toString(),
                    point.vmName(),
                    word(point.kind()),
                    Human.time(point.takenAt(), report.zone()),
                    String.join(
                            ",",
                            point.disks().stream().map(FoundPoint.Disk::key).toList()),
                    Human.bytes(point.sizes().virtual()),
                    Human.bytes(point.sizes().read()),
                    Human.bytes(point.sizes().stored()),
                    Integer.toString(point.notes().size()));
        }
        return table;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
