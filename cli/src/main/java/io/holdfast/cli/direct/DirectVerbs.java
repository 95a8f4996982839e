package io.holdfast.cli.direct;

import io.holdfast.cli.ExitCodes;
import io.holdfast.cli.Shell;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code holdfast direct}. */
@Command(
        name = "direct",
        description = {
            "Work on a vault with no service running: create, back up, restore, verify, copy, clean up, change keys.",
            "The passphrase comes from $HOLDFAST_PASSPHRASE or --passphrase-file (or --key-file stands for it), S3 keys from $AWS_ACCESS_KEY_ID and"
                    + " $AWS_SECRET_ACCESS_KEY or --s3-credentials; never from the command line."
        })
public final class DirectVerbs {

    public static CommandLine tree(Shell shell) {
        CommandLine direct = new CommandLine(new DirectVerbs())
                .addSubcommand("create", new CreateVerb(shell))
                .addSubcommand("backup", new BackupVerb(shell))
                .addSubcommand("points", new PointsVerb(shell))
                .addSubcommand("restore", new RestoreVerb(shell))
                .addSubcommand("verify", new VerifyVerb(shell))
                .addSubcommand("forget", new ForgetVerb(shell))
                .addSubcommand("collect", new CollectVerb(shell))
                .addSubcommand("copy", new CopyVerb(shell))
                .addSubcommand("key", new KeyVerb(shell))
                .addSubcommand("stats", new StatsVerb(shell));
        direct.getSubcommands()
                .values()
                .forEach(verb -> verb.getCommandSpec()
                        .usageMessage()
                        .exitCodeListHeading("%nExit codes:%n")
                        .exitCodeList(ExitCodes.describedOfDirect()));
        return direct;
    }

    private DirectVerbs() {}
}
