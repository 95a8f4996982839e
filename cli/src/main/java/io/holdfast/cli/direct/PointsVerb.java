package io.holdfast.cli.direct;

import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.vault.ChainHead;
import io.holdfast.vault.PointManifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
            List<PointManifest> points = new PointSearch(opened.vault()).all(vm);
            warn(KnownHeads.of(shell(), opened.vault().id()), points, report);
            report.result(points.stream().map(PointsVerb::document).toList(), () -> table(points, report));
            return 0;
        }
    }

    private static void warn(KnownHeads heads, List<PointManifest> points, Report report) {
        points.stream().map(PointManifest::vm).distinct().forEach(one -> {
            Optional<ChainHead> known = heads.of(one);
            if (known.isPresent()
                    && points.stream()
                            .filter(p -> p.vm().equals(one))
                            .map(PointManifest::head)
                            .noneMatch(known.get()::equals)) {
                report.note("warning: point number " + known.get().sequence() + " of " + one
                        + ", which was made from here, is gone or was replaced: the vault was rolled back or damaged.");
            }
        });
    }

    private static Map<String, Object> document(PointManifest point) {
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

    private static Table table(List<PointManifest> points, Report report) {
        Table table = new Table("POINT", "VM", "KIND", "TAKEN", "DISKS", ">SIZE", ">READ", ">STORED", ">NOTES");
        for (PointManifest point : points) {
            table.row(
                    point.id().toString(),
                    point.vmName(),
                    word(point.kind()),
                    Human.time(point.takenAt(), report.zone()),
                    String.join(
                            ",",
                            point.disks().stream().map(PointManifest.Disk::key).toList()),
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
