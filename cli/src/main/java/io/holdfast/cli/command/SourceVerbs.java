package io.holdfast.cli.command;

import io.holdfast.api.Patterns;
import io.holdfast.api.source.SourceCredentials;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.cli.Shell;
import io.holdfast.cli.SizeText;
import io.holdfast.cli.WaitOptions;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.cli.output.Human;
import io.holdfast.cli.output.Printable;
import io.holdfast.cli.output.Report;
import io.holdfast.cli.output.Table;
import io.holdfast.cli.progress.Follower;
import io.holdfast.cli.progress.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast source}. */
@Command(name = "source", description = "Hypervisor connections: add, list, check, remove.")
public final class SourceVerbs {

    public static CommandLine tree(Shell shell) {
        return new CommandLine(new SourceVerbs())
                .addSubcommand("add", new Add(shell))
                .addSubcommand("list", new ListAll(shell))
                .addSubcommand("check", new Check(shell))
                .addSubcommand("remove", new Remove(shell));
    }

    private static Table table(List<SourceInfo> sources) {
        Table table = new Table("NAME", "STATE", "DRIVER", "URI", "NBD", "SCRATCH", "DETAIL");
        for (SourceInfo source : sources) {
            table.row(
                    source.name(),
                    source.state(),
                    source.driver(),
                    source.uri(),
                    source.nbd(),
                    scratch(source),
                    Printable.text(source.detail()));
        }
        return table;
    }

    private static String scratch(SourceInfo source) {
        String pool = source.scratchPool() == null ? "" : source.scratchPool();
        Long limit = source.scratchLimitBytes();
        return limit == null ? pool : (pool + " <= " + Human.bytes(limit)).strip();
    }

    /** {@code holdfast source add}. */
    @Command(
            description = {
                "Add a hypervisor connection. It is connected to once; one that cannot be reached is refused.",
                "'holdfast source check NAME' afterwards proves that backups and restores work there."
            })
    static final class Add extends Verb {

        @Parameters(index = "0", paramLabel = "NAME", description = "Its name here: letters, digits, '.', '_', '-'.")
        private String name = "";

        @Parameters(
                index = "1",
                paramLabel = "URI",
                description = "A libvirt URI: qemu:///system, qemu+ssh://HOST/system, qemu+tls://HOST/system,"
                        + " qemu:///session?socket=PATH.")
        private String uri = "";

        @Option(
                names = "--scratch-pool",
                paramLabel = "POOL",
                description = "Storage pool for the scratch space of backups. Default: the pool of each disk.")
        private @Nullable String scratchPool;

        @Option(
                names = "--scratch-limit",
                paramLabel = "SIZE",
                converter = SizeText.class,
                description =
                        "Reserve SIZE (as 20GiB) for the scratch of one backup, shared by its disks, and fail the backup"
                                + " when the guest overwrites more. Default: as much as the disks have is reserved.")
        private @Nullable Long scratchLimit;

        @Option(
                names = "--nbd",
                paramLabel = "HOW",
                description = "How disks are handed over: unix (this machine) or tls. Default: what the URI needs.")
        private @Nullable String nbd;

        @Option(
                names = "--user",
                paramLabel = "USER",
                description = "Who the hypervisor knows us as, if it asks; its password comes from --password-file or"
                        + " $HOLDFAST_SOURCE_PASSWORD. Default: nobody; it does not ask.")
        private @Nullable String user;

        @Option(
                names = "--password-file",
                paramLabel = "FILE",
                description = "A file whose first line is the password of --user; it is kept sealed and never shown."
                        + " Default: $HOLDFAST_SOURCE_PASSWORD.")
        private @Nullable Path passwordFile;

        Add(Shell shell) {
            super(shell);
        }

        @Override
        protected void check(Report report) {
            if (nbd != null && !nbd.equals("unix") && !nbd.equals("tls")) {
                throw usage("--nbd is unix or tls.");
            }
            if (scratchPool != null && !scratchPool.matches(Patterns.HYPERVISOR_NAME)) {
                throw usage("'" + scratchPool + "' is no name of a storage pool.");
            }
            if (user == null && passwordFile != null) {
                throw usage("--password-file wants --user.");
            }
            int start = uri.indexOf("://");
            String authority = start < 0 ? "" : uri.substring(start + 3).split("[/?]", 2)[0];
            if (authority.substring(0, Math.max(0, authority.lastIndexOf('@'))).contains(":")) {
                throw usage("A source's URI holds no password: anybody who lists processes would see it."
                        + " Use --user and --password-file.");
            }
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            SourceInfo source =
                    catalog.addSource(new SourceSpec(name, uri, scratchPool, scratchLimit, nbd, credentials(report)));
            report.result(source, () -> table(List.of(source)));
            return 0;
        }

        private @Nullable SourceCredentials credentials(Report report) {
            if (user == null) {
                return null;
            }
            String password = passwordFile == null
                    ? shell().variable("HOLDFAST_SOURCE_PASSWORD")
                    : shell().secretFile(passwordFile, report)
                            .lines()
                            .findFirst()
                            .orElse("");
            if (password == null || password.isEmpty()) {
                throw usage("--user wants a password: --password-file FILE or $HOLDFAST_SOURCE_PASSWORD.");
            }
            return new SourceCredentials(user, password);
        }
    }

    /** {@code holdfast source list}. */
    @Command(description = "List the hypervisor connections.")
    static final class ListAll extends Verb {

        ListAll(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            List<SourceInfo> sources = catalog.sources();
            report.result(Map.of("items", sources), () -> table(sources));
            return 0;
        }
    }

    /** {@code holdfast source check}. */
    @Command(
            description = {
                "Prove a source with a real, short-lived view of a helper machine: sockets, labels, scratch space.",
                "Where something does not work, the lines to add on that host are printed."
            })
    static final class Check extends Verb {

        @Parameters(index = "0", paramLabel = "NAME", description = "The source.")
        private String name = "";

        @Mixin
        private WaitOptions wait = new WaitOptions();

        Check(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            Outcome outcome = follow(catalog, List.of(new Follower.Order(name, () -> catalog.checkSource(name))), wait)
                    .getFirst();
            return JobResults.check(outcome, report);
        }
    }

    /** {@code holdfast source remove}. */
    @Command(
            description = "Remove a source that no running job and no snapshot needs, with the marks for incremental"
                    + " backups on its machines. Its machines are not touched otherwise.")
    static final class Remove extends Verb {

        @Parameters(index = "0", paramLabel = "NAME", description = "The source.")
        private String name = "";

        @Option(
                names = "--forget",
                description = "Also when machines of it have snapshots: they stay on the hypervisor, and Holdfast knows"
                        + " them no more. For a hypervisor that is gone for good. Default: refused.")
        private boolean forget;

        Remove(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(CatalogClient catalog, Report report) throws InterruptedException {
            List<String> left = catalog.removeSource(name, forget);
            left.forEach(report::note);
            report.result(Map.of("removed", name, "left", left), "source " + name + " removed");
            return 0;
        }
    }

    private SourceVerbs() {}
}
