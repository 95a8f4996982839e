package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

class HelpTest {

    @TempDir
    Path home;

    private List<CommandLine> commands() {
        List<CommandLine> all = new ArrayList<>();
        collect(
                HoldfastCommand.tree(
                        new Terminal(home).shell(new ByteArrayOutputStream(), new ByteArrayOutputStream()), Map.of()),
                all);
        return all;
    }

    private static void collect(CommandLine command, List<CommandLine> into) {
        into.add(command);
        command.getSubcommands().values().forEach(sub -> collect(sub, into));
    }

    @Test
    void every_command_says_what_it_does_and_how_it_ends() {
        assertThat(commands()).hasSizeGreaterThan(25).allSatisfy(command -> {
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandSpec().qualifiedName())
                    .isNotEmpty();
            assertThat(command.getUsageMessage()).contains("Exit codes:").contains("outcome unknown");
        });
    }

    @Test
    void every_option_says_its_default() {
        for (CommandLine command : commands()) {
            for (OptionSpec option : command.getCommandSpec().options()) {
                if (!option.usageHelp() && !option.versionHelp()) {
                    assertThat(String.join(" ", option.description()))
                            .as(command.getCommandSpec().qualifiedName() + " " + option.longestName())
                            .containsIgnoringCase("default");
                }
            }
        }
    }

    @Test
    void no_option_takes_a_secret() {
        assertThat(commands())
                .flatExtracting(command -> command.getCommandSpec().options())
                .extracting(OptionSpec::longestName)
                .doesNotContain("--token", "--secret-key", "--passphrase", "--password");
    }

    @Test
    void help_takes_one_word_or_two() {
        var terminal = new Terminal(home);
        assertThat(terminal.run("help").out()).contains("snapshot").contains("restore");
        assertThat(terminal.run("help", "source", "add").out())
                .contains("Usage: holdfast source add")
                .contains("NAME URI");
        assertThat(terminal.run("source", "add", "--help").exit()).isZero();
        assertThat(terminal.run("help", "backp").exit()).isEqualTo(2);
    }

    @Test
    void a_mistyped_verb_gets_a_suggestion_and_2() {
        var ran = new Terminal(home).run("snapshto", "list");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("Did you mean").contains("snapshot").contains("holdfast help");
        assertThat(ran.out()).isEmpty();
        assertThat(new Terminal(home).run("vm", "lst").err()).contains("list");
        assertThat(new Terminal(home).run("vm").exit()).isEqualTo(2);
        assertThat(new Terminal(home).run("vm").err())
                .contains("Usage: holdfast vm")
                .contains("list");
        assertThat(new Terminal(home).run().exit()).isEqualTo(2);
    }

    @Test
    void a_mistyped_option_is_named_before_the_one_that_is_missing_for_it() {
        var ran = new Terminal(home).run("backup", "web1", "--valut", "safe");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("There is no option --valut here.").doesNotContain("Missing");
        assertThat(new Terminal(home).run("backup", "web1").err()).contains("--vault");
        assertThat(new Terminal(home).run("help", "nosuch").err()).contains("There is no verb 'nosuch'.");
        assertThat(new Terminal(home)
                        .run("restore", "abcdef", "web1", "--in-place")
                        .err())
                .contains("'web1' is one argument too many.");
    }

    @Test
    void without_a_suite_the_sentence_says_how_to_start_one() {
        var ran = new Terminal(home).run("vm", "list");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("holdfast up").hasLineCount(1);
    }

    @Test
    void the_version_is_told() {
        assertThat(new Terminal(home).run("--version").out()).startsWith("holdfast ");
    }

    @Test
    void other_modules_add_verbs_to_the_same_tree() {
        @Command(name = "up", description = "Starts it.")
        class Up implements Runnable {
            @Override
            public void run() {}
        }
        var out = new ByteArrayOutputStream();
        Shell shell = new Terminal(home).shell(out, new ByteArrayOutputStream());
        assertThat(HoldfastCommand.run(shell, Map.of("up", new Up()), "help", "up"))
                .isZero();
        assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8))
                .contains("Starts it.")
                .contains("Exit codes:");
    }

    @Test
    void wrong_values_are_usage_errors() {
        var terminal = new Terminal(home);
        assertThat(terminal.run("vm", "list", "-o", "yaml").exit()).isEqualTo(2);
        assertThat(terminal.run("backup", "web1").exit()).isEqualTo(2);
        assertThat(terminal.run("backup", "web1", "--vault", "v", "--kind", "half")
                        .exit())
                .isEqualTo(2);
        assertThat(terminal.run("backup", "web1", "--vault", "v", "--timeout", "soon")
                        .err())
                .contains("90s");
        assertThat(terminal.run("job", "list", "--limit", "0").exit()).isEqualTo(2);
        assertThat(terminal.run("vm", "list", "--url", "ftp://x").exit()).isEqualTo(2);
    }
}
