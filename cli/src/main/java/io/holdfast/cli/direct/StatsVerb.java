package io.holdfast.cli.direct;

import io.holdfast.cli.Shell;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.storage.ObjectInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/** {@code holdfast direct stats}. */
@Command(description = "Tell what a vault holds: machines, points, and its objects by kind.")
final class StatsVerb extends DirectVerb {

    StatsVerb(Shell shell) {
        super(shell);
    }

    /** Objects of one kind, in bytes as stored. */
    private static final class Kind {
        private long objects;
        private long bytes;
    }

    @Override
    protected int run(Place place, Report report) {
        try (OpenedVault opened = OpenedVault.open(place)) {
            Map<String, Kind> kinds = kinds(opened);
            List<FoundPoint> points = new PointSearch(opened.vault(), report).all(null);
            long stored = kinds.values().stream().mapToLong(kind -> kind.bytes).sum();
            long virtual = points.stream().mapToLong(p -> p.sizes().virtual()).sum();
            report.result(document(kinds, points, virtual, stored), () -> table(kinds, points, virtual, stored));
            return 0;
        }
    }

    private static Map<String, Kind> kinds(OpenedVault opened) {
        Map<String, Kind> kinds = new TreeMap<>();
        try (Stream<ObjectInfo> listed = opened.store().list("")) {
            listed.forEach(object -> {
                String key = object.key().value();
                int slash = key.indexOf('/');
                Kind kind = kinds.computeIfAbsent(slash < 0 ? key : key.substring(0, slash), k -> new Kind());
                kind.objects++;
                kind.bytes += object.size();
            });
        }
        return kinds;
    }

    private static long machines(List<FoundPoint> points) {
        return points.stream().map(FoundPoint::vm).distinct().count();
    }

    private static Map<String, Object> document(
            Map<String, Kind> kinds, List<FoundPoint> points, long virtual, long stored) {
        Map<String, Object> objects = new LinkedHashMap<>();
        kinds.forEach((name, kind) -> objects.put(name, Map.of("objects", kind.objects, "bytes", kind.bytes)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("vms", machines(points));
        document.put("points", points.size());
        document.put("virtualBytes", virtual);
        document.put("storedBytes", stored);
        document.put("objects", objects);
        return document;
    }

    private static Table table(Map<String, Kind> kinds, List<FoundPoint> points, long virtual, long stored) {
        Table table = Table.ofFields()
                .row("Machines:", Long.toString(machines(points)))
                .row("Points:", Integer.toString(points.size()))
                .row("Of disks:", Human.bytes(virtual))
                .row("Stored:", Human.bytes(stored));
        kinds.forEach((name, kind) -> table.row(name + ":", kind.objects + " objects, " + Human.bytes(kind.bytes)));
        return table;
    }
}
