package io.holdfast.cli;

import io.holdfast.cli.command.BackupVerb;
import io.holdfast.cli.command.HelpVerb;
import io.holdfast.cli.command.JobVerbs;
import io.holdfast.cli.command.PointVerbs;
import io.holdfast.cli.command.RestoreVerb;
import io.holdfast.cli.command.SnapshotVerbs;
import io.holdfast.cli.command.SourceVerbs;
import io.holdfast.cli.command.VaultVerbs;
import io.holdfast.cli.command.VmVerbs;
import io.holdfast.cli.direct.DirectVerbs;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The root of the one tree of verbs. */
@Command(
        name = "holdfast",
        mixinStandardHelpOptions = true,
        versionProvider = HoldfastCommand.Version.class,
        description = "Snapshots and backups of virtual machines: taken, kept, proven, restored.")
public final class HoldfastCommand {

    /**
     * The whole tree.
     *
     * @param more verbs of other modules: a name, and an annotated command or a {@link CommandLine}
     */
    public static CommandLine tree(Shell shell, Map<String, ?> more) {
        CommandLine root = new CommandLine(new HoldfastCommand());
        more.forEach(root::addSubcommand);
        root.addSubcommand("source", SourceVerbs.tree(shell));
        root.addSubcommand("vm", VmVerbs.tree(shell));
        root.addSubcommand("vault", VaultVerbs.tree(shell));
        root.addSubcommand("snapshot", SnapshotVerbs.tree(shell));
        root.addSubcommand("backup", new BackupVerb(shell));
        root.addSubcommand("point", PointVerbs.tree(shell));
        root.addSubcommand("restore", new RestoreVerb(shell));
        root.addSubcommand("job", JobVerbs.tree(shell));
        root.addSubcommand("direct", DirectVerbs.tree(shell));
        root.addSubcommand("help", new HelpVerb());
        Environment.Screen screen = shell.environment().screen();
        Failures failures = new Failures(shell);
        root.setOut(new PrintWriter(screen.out(), true, screen.out().charset()));
        root.setErr(new PrintWriter(screen.err(), true, screen.err().charset()));
        root.setExecutionExceptionHandler(failures);
        root.setParameterExceptionHandler(failures);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        // An argument that begins with @ is an argument, not a file to be read: that file may be a secret.
        root.setExpandAtFiles(false);
        root.setUsageHelpWidth(Math.min(120, screen.columns()));
        settle(root.getCommandSpec());
        return root;
    }

    /** Runs one command line. */
    public static int run(Shell shell, Map<String, ?> more, String... arguments) {
        return tree(shell, more).execute(arguments);
    }

    /** What all verbs have in common: {@code --help}, and the exit codes in it unless a verb lists its own. */
    private static void settle(CommandSpec spec) {
        if (spec.usageMessage().exitCodeList().isEmpty()) {
            spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(ExitCodes.described());
        }
        if (!spec.optionsMap().containsKey("--help")) {
            spec.addOption(OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .type(boolean.class)
                    .showDefaultValue(Visibility.NEVER)
                    .description("Show this help and exit.")
                    .build());
        }
        spec.subcommands().values().forEach(sub -> settle(sub.getCommandSpec()));
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = HoldfastCommand.class.getPackage().getImplementationVersion();
            return new String[] {"holdfast " + (version == null ? "(not packaged)" : version)};
        }
    }
}
