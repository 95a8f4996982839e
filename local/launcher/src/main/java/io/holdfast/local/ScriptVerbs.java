package io.holdfast.local;

import io.holdfast.cli.Shell;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the script {@code holdfast} does itself, because it is about the sources and the programs they need: here for the help
 * texts, and to say so.
 */
@SuppressWarnings("UnusedVariable") // options that the script reads, and picocli for the help texts
final class ScriptVerbs {

    abstract static class OfScript implements Callable<Integer> {
        private final Shell shell;

        @Option(
                names = {"-y", "--yes"},
                description = "Install what is missing without asking. Default: ask.")
        private boolean yes;

        OfScript(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            shell.environment().screen().err().println("holdfast: only the script in the project's folder does this.");
            return 2;
        }
    }

    /** {@code holdfast build}. */
    @Command(
            name = "build",
            description = {
                "Builds the suite from its sources, if they changed.",
                "The result is kept apart: a suite that runs goes on with the build it was started from."
            })
    static final class Build extends OfScript {
        Build(Shell shell) {
            super(shell);
        }
    }

    /** {@code holdfast test}. */
    @Command(
            name = "test",
            description = {
                "Runs the tests on real parts: QEMU, libvirt, PostgreSQL, object stores.",
                "Exit code 0 only if every test passed."
            })
    static final class Test extends OfScript {
        @Option(names = "--all", description = "Everything, random suites at full size. Default: a sample of them.")
        private boolean all;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Seed of the random tests. Default: another each time.")
        private @Nullable Long seed;

        Test(Shell shell) {
            super(shell);
        }
    }

    /** {@code holdfast lint}. */
    @Command(
            name = "lint",
            description = {
                "Compiles the sources with Error Prone and NullAway and checks the format of all; runs no test.",
                "Exit code 0 only if nothing was found."
            })
    static final class Lint extends OfScript {
        @Option(names = "--all", description = "The tests' sources too: that takes more than twice as long.")
        private boolean all;

        Lint(Shell shell) {
            super(shell);
        }
    }

    /** {@code holdfast bench}. */
    @Command(
            name = "bench",
            description =
                    "Measures what bench/README.md lists and prints one line each; nothing else should run beside it.")
    static final class Bench extends OfScript {
        Bench(Shell shell) {
            super(shell);
        }
    }

    private ScriptVerbs() {}
}
