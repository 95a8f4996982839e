package io.holdfast.cli.command;

import io.holdfast.api.point.PointInfo;
import io.holdfast.cli.Shell;
import io.holdfast.cli.WaitOptions;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Follower;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast point}. */
@Command(name = "point", description = "Restore points: list, show.")
public final class PointVerbs {

    public static CommandLine tree(Shell shell) {
        return new CommandLine(new PointVerbs())
                .addSubcommand("list", new ListAll(shell))
                .addSubcommand("show", new Show(shell))
                .addSubcommand("delete", new Delete(shell));
    }

    /** {@code holdfast point list}. */
    @Command(description = "List restore points, of one virtual machine or of all, also of those that are gone.")
    static final class ListAll extends Verb {

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "VM",
                description = "NAME, SOURCE/NAME or the machine's id. Default: all.")
        private @Nullable String vm;

        @Option(names = "--vault", paramLabel = "VAULT", description = "Only in this vault. Default: in all.")
        private @Nullable String vault;

        ListAll(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            List<PointInfo> points = catalog.points(vm, vault);
            report.result(Map.of("items", points), () -> {
                Table table = new Table(
                        "POINT", "VM", "VAULT", "KIND", "CONSISTENCY", "TAKEN", ">SIZE", ">READ", ">STORED", ">NOTES");
                for (PointInfo point : points) {
                    table.row(
                            point.id().toString(),
                            point.source() + "/" + point.vmName(),
                            point.vault(),
                            word(point.kind()),
                            word(point.consistency()),
                            Human.time(point.takenAt(), report.zone()),
                            Human.bytes(point.virtualBytes()),
                            Human.bytes(point.readBytes()),
                            Human.bytes(point.storedBytes()),
                            Integer.toString(point.notes().size()));
                }
                return table;
            });
            return 0;
        }
    }

    /** {@code holdfast point show}. */
    @Command(description = "Show a restore point: its disks, how they were read, and what it cannot hold.")
    static final class Show extends IdVerb {

        @Parameters(
                index = "0",
                paramLabel = "POINT",
                description = "The point's id, or its first 6 or more characters.")
        private String point = "";

        Show(Shell shell) {
            super(shell);
        }

        @Override
        String typed() {
            return point;
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            PointInfo found = catalog.point(pointId(catalog));
            report.result(found, () -> fields(found, report));
            return 0;
        }

        private static Table fields(PointInfo point, Report report) {
            Table fields = Table.ofFields()
                    .row("Point:", point.id().toString())
                    .row("VM:", point.source() + "/" + point.vmName() + " (" + point.vm() + ")")
                    .row("Vault:", point.vault() + ", number " + point.sequence() + " of this VM")
                    .row("Kind:", word(point.kind()) + (point.base() == null ? "" : ", read against " + point.base()))
                    .row("Consistency:", word(point.consistency()))
                    .row("Taken:", Human.time(point.takenAt(), report.zone()))
                    .row("Committed:", Human.time(point.committedAt(), report.zone()))
                    .row("Took:", Human.seconds(point.seconds()))
                    .row("Size:", Human.bytes(point.virtualBytes()))
                    .row("Read:", Human.bytes(point.readBytes()))
                    .row("New:", Human.bytes(point.newBytes()))
                    .row("Stored:", Human.bytes(point.storedBytes()));
            point.disks().forEach(disk -> fields.row("Disk " + disk.key() + ":", describe(disk)));
            point.notes().forEach(note -> fields.row("Note:", note));
            return fields;
        }

        private static String describe(PointInfo.PointDisk disk) {
            return Human.bytes(disk.virtualBytes()) + ", " + disk.format() + ", " + Human.bytes(disk.readBytes())
                    + " read (" + disk.read() + (disk.fullReason() == null ? "" : ": " + disk.fullReason()) + ")";
        }
    }

    /** {@code holdfast point delete}. */
    @Command(
            description = {
                "Remove a restore point for good: it can never be restored again, all others are as they were.",
                "A restore of it that runs ends first. Its space comes back with 'vault collect'."
            })
    static final class Delete extends IdVerb {

        @Parameters(
                index = "0",
                paramLabel = "POINT",
                description = "The point's id, or its first 6 or more characters.")
        private String point = "";

        @Mixin
        private WaitOptions wait = new WaitOptions();

        Delete(Shell shell) {
            super(shell);
        }

        @Override
        String typed() {
            return point;
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            UUID id = pointId(catalog);
            var order = new Follower.Order(id.toString(), () -> catalog.deletePoint(id));
            return JobResults.check(follow(catalog, List.of(order), wait).getFirst(), report);
        }
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private PointVerbs() {}
}
