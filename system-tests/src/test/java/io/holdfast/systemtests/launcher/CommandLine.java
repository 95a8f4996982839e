package io.holdfast.systemtests.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code holdfast} with a state folder, each command line a process of its own, as the script starts it. */
final class CommandLine {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int LONGEST_SECONDS = 300;

    private final Path home;

    /** What a script sees. */
    record Ran(int exit, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    CommandLine(Path home) {
        this.home = home;
    }

    Ran run(String... arguments) throws IOException, InterruptedException {
        return end(start(arguments));
    }

    /** One that runs beside others; {@link #end} waits for it. */
    Running start(String... arguments) throws IOException {
        Path out = Files.createTempFile(home.getParent(), "out", "");
        Path err = Files.createTempFile(home.getParent(), "err", "");
        Path target = ROOT.resolve("local/launcher/target");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Dholdfast.root=" + ROOT,
                "-cp",
                target.resolve("classes") + ":" + target.resolve("lib") + "/*",
                "io.holdfast.local.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HOLDFAST_HOME", home.toString());
        return new Running(
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
    }

    record Running(Process process, Path out, Path err) {}

    static Ran end(Running running) throws IOException, InterruptedException {
        if (!running.process().waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            running.process().destroyForcibly();
            throw new IOException("does not end: " + Files.readString(running.err()));
        }
        return new Ran(running.process().exitValue(), Files.readString(running.out()), Files.readString(running.err()));
    }
}
