package io.holdfast.cli;

import io.holdfast.cli.http.Pause;
import io.holdfast.cli.http.Timing;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;

/**
 * What the command line takes from the process it runs in.
 *
 * @param variables environment variables
 * @param userHome the user's home folder
 * @param screen where it writes
 * @param timing how long the client tries
 */
public record Environment(
        Map<String, String> variables,
        Path userHome,
        Screen screen,
        InstantSource clock,
        ZoneId zone,
        Timing timing,
        Pause pause) {

    /**
     * Standard output and standard error.
     *
     * @param live whether {@code err} is a terminal whose lines can be redrawn
     * @param columns of that terminal
     */
    public record Screen(PrintStream out, PrintStream err, boolean live, int columns) {}

    /** This process. */
    public static Environment ofProcess() {
        Map<String, String> variables = System.getenv();
        return new Environment(
                variables,
                Path.of(System.getProperty("user.home", "/")),
                new Screen(System.out, System.err, live(variables), columns(variables)),
                InstantSource.system(),
                ZoneId.systemDefault(),
                Timing.standard(),
                Pause.real());
    }

    private static boolean live(Map<String, String> variables) {
        return !"dumb".equals(variables.getOrDefault("TERM", "dumb")) && errorIsTerminal();
    }

    /**
     * Java's console tells of standard input and output together; progress goes to standard error, which is often the
     * only one of the three that is a terminal ({@code -o json | jq}).
     */
    private static boolean errorIsTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // Null where the class path has another console than the JDK's.
            Console console = System.console();
            return Objects.nonNull(console) && console.isTerminal();
        }
    }

    private static int columns(Map<String, String> variables) {
        try {
            return Math.clamp(Integer.parseInt(variables.getOrDefault("COLUMNS", "100")), 40, 500);
        } catch (NumberFormatException e) {
            return 100;
        }
    }
}
