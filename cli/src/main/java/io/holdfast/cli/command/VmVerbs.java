package io.holdfast.cli.command;

import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.VmInfo;
import io.holdfast.cli.Shell;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Printable;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast vm}. */
@Command(name = "vm", description = "Virtual machines of all sources: list, show.")
public final class VmVerbs {

    public static CommandLine tree(Shell shell) {
        return new CommandLine(new VmVerbs())
                .addSubcommand("list", new ListAll(shell))
                .addSubcommand("show", new Show(shell));
    }

    /** {@code holdfast vm list}. */
    @Command(description = "List the virtual machines.")
    static final class ListAll extends Verb {

        @Option(names = "--source", paramLabel = "SOURCE", description = "Only of this source. Default: of all.")
        private @Nullable String source;

        ListAll(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            List<VmInfo> vms = catalog.vms(source, null);
            report.result(Map.of("items", vms), () -> {
                Table table = new Table("SOURCE", "NAME", "STATE", ">DISKS", ">SIZE", ">SNAPSHOTS", "ID");
                for (VmInfo vm : vms) {
                    table.row(
                            vm.source(),
                            vm.name(),
                            vm.state(),
                            Integer.toString(vm.disks().size()),
                            Human.bytes(size(vm)),
                            Integer.toString(vm.snapshots()),
                            vm.id());
                }
                return table;
            });
            if (source == null) {
                noteMissing(catalog, report);
            }
            return 0;
        }

        /** A listing over all sources leaves out those that do not answer; that is to be seen. */
        private static void noteMissing(CatalogClient catalog, Report report) throws InterruptedException {
            for (SourceInfo missing : catalog.sources()) {
                if (!missing.state().equals("ok")) {
                    report.note("not listed: the machines of source " + missing.name() + ", which is " + missing.state()
                            + ": " + Printable.text(missing.detail()));
                }
            }
        }
    }

    /** {@code holdfast vm show}. */
    @Command(description = "Show a virtual machine: its disks, and what a backup of it holds.")
    static final class Show extends Verb {

        @Parameters(index = "0", paramLabel = "VM", description = "NAME, SOURCE/NAME or the machine's id.")
        private String vm = "";

        Show(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            VmInfo found = catalog.vm(vm);
            report.result(found, () -> {
                Table fields = Table.ofFields()
                        .row("Name:", found.name())
                        .row("Source:", found.source())
                        .row("Id:", found.id())
                        .row("State:", found.state())
                        .row("Snapshots:", Integer.toString(found.snapshots()))
                        .row("Size:", Human.bytes(size(found)));
                found.disks().forEach(disk -> fields.row("Disk " + disk.key() + ":", describe(disk)));
                found.notes().forEach(note -> fields.row("Note:", note));
                return fields;
            });
            return 0;
        }

        private static String describe(VmInfo.DiskInfo disk) {
            String size = disk.virtualBytes() > 0 ? Human.bytes(disk.virtualBytes()) : "size unknown";
            String what = size + ", " + disk.format();
            String where = disk.location() == null ? "" : ", " + disk.location();
            String left =
                    disk.backup() ? "" : "; not in a backup" + (disk.reason() == null ? "" : ": " + disk.reason());
            return what + where + left;
        }
    }

    private static long size(VmInfo vm) {
        return vm.disks().stream().mapToLong(VmInfo.DiskInfo::virtualBytes).sum();
    }

    private VmVerbs() {}
}
