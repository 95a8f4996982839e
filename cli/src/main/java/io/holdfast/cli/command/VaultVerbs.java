package io.holdfast.cli.command;

import io.holdfast.api.job.JobInfo;
import io.holdfast.api.vault.VaultInfo;
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
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast vault}. */
@Command(name = "vault", description = "Backup repositories: add, list, check, collect, remove.")
public final class VaultVerbs {

    public static CommandLine tree(Shell shell) {
        return new CommandLine(new VaultVerbs())
                .addSubcommand("add", new VaultAddVerb(shell))
                .addSubcommand("list", new ListAll(shell))
                .addSubcommand("check", new Check(shell))
                .addSubcommand("collect", new Collect(shell))
                .addSubcommand("remove", new Remove(shell));
    }

    /** {@code holdfast vault list}. */
    @Command(description = "List the vaults.")
    static final class ListAll extends Verb {

        ListAll(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            List<VaultInfo> vaults = catalog.vaults();
            report.result(Map.of("items", vaults), () -> {
                Table table = new Table("NAME", "STATE", "URL", ">POINTS", ">STORED", "ADDED", "DETAIL");
                for (VaultInfo vault : vaults) {
                    table.row(
                            vault.name(),
                            vault.state(),
                            vault.url(),
                            Long.toString(vault.points()),
                            Human.bytes(vault.storedBytes()),
                            Human.time(vault.createdAt(), report.zone()),
                            Printable.text(vault.detail()));
                }
                return table;
            });
            return 0;
        }
    }

    /** {@code holdfast vault check}. */
    @Command(
            description = {
                "Have a worker look through the restore points of every machine in a vault.",
                "Whether one was removed, replaced or damaged, and whether the newest that the catalog knows is still there."
                        + " Blocks are not read."
            })
    static final class Check extends WorkerVerb {

        Check(Shell shell) {
            super(shell);
        }

        @Override
        JobInfo ask(CatalogClient catalog, String name) throws InterruptedException {
            return catalog.checkVault(name);
        }
    }

    /** {@code holdfast vault collect}. */
    @Command(
            description = {
                "Have a worker delete what no restore point in a vault needs any more.",
                "Runs beside backups and restores. A backup of which nothing is heard for 15 minutes counts as dead and would begin"
                        + " again. A vault that lacks a point is left as it is."
            })
    static final class Collect extends WorkerVerb {

        Collect(Shell shell) {
            super(shell);
        }

        @Override
        JobInfo ask(CatalogClient catalog, String name) throws InterruptedException {
            return catalog.collectVault(name);
        }
    }

    /** What a worker does to one vault, as a job whose result is lines. */
    abstract static class WorkerVerb extends Verb {

        @Parameters(index = "0", paramLabel = "NAME", description = "The vault.")
        private String name = "";

        @Mixin
        private WaitOptions wait = new WaitOptions();

        WorkerVerb(Shell shell) {
            super(shell);
        }

        abstract JobInfo ask(CatalogClient catalog, String name) throws InterruptedException;

        @Override
        protected final int run(CatalogClient catalog, Report report) throws InterruptedException {
            var order = new Follower.Order(name, () -> ask(catalog, name));
            return JobResults.check(follow(catalog, List.of(order), wait).getFirst(), report);
        }
    }

    /** {@code holdfast vault remove}. */
    @Command(
            description = {
                "Take a vault out of the catalog. What is stored in it stays there, untouched.",
                "Added again with its passphrase or recovery key it is the same vault; its present restore points are not"
                        + " listed again then, because the catalog cannot be rebuilt from a vault yet."
            })
    static final class Remove extends Verb {

        @Parameters(index = "0", paramLabel = "NAME", description = "The vault.")
        private String name = "";

        @Option(
                names = "--forget",
                description = "Also when the catalog lists restore points of it. Default: such a vault is refused.")
        private boolean forget;

        Remove(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            catalog.removeVault(name, forget);
            report.result(
                    Map.of("removed", name), "vault " + name + " removed from the catalog; its contents are untouched");
            return 0;
        }
    }

    private VaultVerbs() {}
}
