package io.holdfast.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code holdfast help source add}. */
@Command(name = "help", description = "Show what a verb does, its options and its exit codes.")
public final class HelpVerb implements Runnable {

    @Parameters(
            arity = "0..*",
            paramLabel = "VERB",
            description = "The verb, in one word or two. Default: the list of verbs.")
    private List<String> words = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine found = spec.root().commandLine();
        for (String word : words) {
            CommandLine next = found.getSubcommands().get(word);
            if (next == null) {
                throw new UnmatchedArgumentException(found, List.of(word));
            }
            found = next;
        }
        found.usage(spec.commandLine().getOut());
    }
}
