package io.holdfast.cli.command;

import io.holdfast.api.snapshot.SnapshotInfo;
import io.holdfast.api.snapshot.SnapshotRequest;
import io.holdfast.api.source.VmInfo;
import io.holdfast.cli.Shell;
import io.holdfast.cli.WaitOptions;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Printable;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Follower;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast snapshot}. */
@Command(
        name = "snapshot",
        description = {"Snapshots on the hypervisor: create, list, delete.", "An undo button, not a backup."})
public final class SnapshotVerbs {

    public static CommandLine tree(Shell shell) {
        return new CommandLine(new SnapshotVerbs())
                .addSubcommand("create", new Create(shell))
                .addSubcommand("list", new ListAll(shell))
                .addSubcommand("delete", new Delete(shell));
    }

    /** {@code holdfast snapshot create}. */
    @Command(description = "Take a snapshot of a virtual machine.")
    static final class Create extends Verb {

        /** Memory and quiesce exclude each other. */
        static final class How {
            @Option(
                    names = "--memory",
                    description = "Include the running machine's memory; not there yet: refused. Default: disks only.")
            private boolean memory;

            @Option(
                    names = "--quiesce",
                    description = "Freeze the guest's file systems meanwhile, by its agent; not there yet: refused."
                            + " Default: as after a power cut.")
            private boolean quiesce;
        }

        @Parameters(index = "0", paramLabel = "VM", description = "NAME, SOURCE/NAME or the machine's id.")
        private String vm = "";

        @Option(
                names = "--name",
                paramLabel = "NAME",
                required = true,
                description = "The snapshot's name, 1 to 80 characters of any language. No default.")
        private String name = "";

        @Option(names = "--description", paramLabel = "TEXT", description = "A sentence about it. Default: none.")
        private @Nullable String description;

        @ArgGroup(exclusive = true, multiplicity = "0..1")
        private @Nullable How how;

        @Mixin
        private WaitOptions wait = new WaitOptions();

        Create(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            SnapshotRequest request =
                    new SnapshotRequest(vm, name, description, how != null && how.memory, how != null && how.quiesce);
            var order = new Follower.Order(vm + " snapshot " + name, () -> catalog.createSnapshot(request));
            return JobResults.one(follow(catalog, List.of(order), wait).getFirst(), report);
        }
    }

    /** {@code holdfast snapshot list}. */
    @Command(description = "List a virtual machine's snapshots.")
    static final class ListAll extends Verb {

        @Parameters(index = "0", paramLabel = "VM", description = "NAME, SOURCE/NAME or the machine's id.")
        private String vm = "";

        ListAll(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            List<SnapshotInfo> snapshots = catalog.snapshots(vm);
            report.result(Map.of("items", snapshots), () -> {
                Table table = new Table(
                        "NAME",
                        "CURRENT",
                        "PARENT",
                        "CREATED",
                        "STATE",
                        "MEMORY",
                        "CONSISTENCY",
                        ">DELTA",
                        "DESCRIPTION");
                for (SnapshotInfo snapshot : snapshots) {
                    Long delta = snapshot.deltaBytes();
                    table.row(
                            snapshot.name(),
                            snapshot.current() ? "*" : "",
                            Printable.text(snapshot.parent()),
                            Human.time(snapshot.createdAt(), report.zone()),
                            snapshot.vmState(),
                            snapshot.memory() ? "yes" : "no",
                            snapshot.partlyDeleted() ? "partly deleted" : snapshot.consistency(),
                            delta == null ? "" : Human.bytes(delta),
                            Printable.text(snapshot.description()));
                }
                return table;
            });
            return 0;
        }
    }

    /** {@code holdfast snapshot delete}. */
    @Command(
            description = {
                "Delete a snapshot. The machine's present contents stay: what was written since goes into the disk below.",
                "This cannot be undone."
            })
    static final class Delete extends Verb {

        @Parameters(index = "0", paramLabel = "VM", description = "NAME, SOURCE/NAME or the machine's id.")
        private String vm = "";

        @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "The snapshot's name.")
        private String snapshot = "";

        @Mixin
        private WaitOptions wait = new WaitOptions();

        Delete(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            VmInfo found = catalog.vm(vm);
            var order = new Follower.Order(
                    vm + " snapshot " + snapshot, () -> catalog.deleteSnapshot(found.source(), found.id(), snapshot));
            return JobResults.one(follow(catalog, List.of(order), wait).getFirst(), report);
        }
    }

    private SnapshotVerbs() {}
}
