package io.holdfast.cli;

import io.holdfast.cli.http.Pause;
import io.holdfast.cli.http.Timing;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/** Runs command lines as {@code Main} does, in this process. */
public final class Terminal {

    /** What a script sees. */
    public record Ran(int exit, String out, String err) {}

    private final Map<String, String> variables = new HashMap<>();
    private final Path home;
    private boolean live;

    public Terminal(Path home) {
        this.home = home;
    }

    public Terminal with(String variable, String value) {
        variables.put(variable, value);
        return this;
    }

    public Terminal live() {
        live = true;
        return this;
    }

    public static Timing quick() {
        return new Timing(
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                3,
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(5));
    }

    public Ran run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = HoldfastCommand.run(shell(out, err), Map.of(), arguments);
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    public Shell shell(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Shell(new Environment(
                variables,
                home,
                new Environment.Screen(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        live,
                        100),
                InstantSource.system(),
                ZoneId.of("Europe/Berlin"),
                quick(),
                Pause.real()));
    }
}
