package io.holdfast.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The script in a project of its own on a machine of its own: only programs that were put there are on its path, and what would
 * change this machine (apt-get, mvn) or needs a build (java) only writes down how it was called.
 */
final class ScriptRig {

    private static final List<String> TOOLS = List.of(
            "bash",
            "sh",
            "awk",
            "cat",
            "cp",
            "cut",
            "dirname",
            "env",
            "find",
            "flock",
            "grep",
            "head",
            "ldd",
            "ln",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "setsid",
            "sha256sum",
            "sleep",
            "sort",
            "tr",
            "xargs");

    private final Path folder;
    private final Path bin;

    /** What a run said and how it ended. */
    record Ran(int exit, String out, String err) {}

    ScriptRig(Path folder) throws IOException {
        this.folder = folder;
        this.bin = Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(project());
        Files.copy(
                Path.of("../../holdfast"),
                project().resolve("holdfast"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        for (String tool : TOOLS) {
            program(tool, "exec " + find(tool) + " \"$@\"");
        }
        program("ldconfig", "echo '  libvirt.so.0 (libc6,x86-64) => /lib/libvirt.so.0'");
        user(0);
        jdk();
        source("first");
    }

    Path project() {
        return folder.resolve("project");
    }

    /** The number of the user who runs it. */
    void user(int number) throws IOException {
        program("id", "echo " + number);
    }

    /** A system with apt-get, which knows every package but those of a JDK, and installs nothing. */
    void apt() throws IOException {
        recorder("apt-get", 0);
        program("apt-cache", "case \"$3\" in *jdk*) ;; *) echo \"Package: $3\" ;; esac");
    }

    /** Programs of the build and the tests that are there. */
    void programs(String... names) throws IOException {
        for (String name : names) {
            recorder(name, 0);
        }
    }

    /** A Maven that writes what a build writes; its {@code verify} ends with this code. */
    void maven(int verifyCode) throws IOException {
        program("mvn", """
                echo "mvn $*" >>"$CALLS"
                case "$*" in *verify*) exit %d ;; esac
                for part in catalog-service snapshot-service backup-worker restore-service; do mkdir -p $part/target/quarkus-app; done
                mkdir -p local/object-store/target/classes local/object-store/target/lib
                mkdir -p local/launcher/target/classes local/launcher/target/lib
                cp src/main/source local/launcher/target/classes/built-from
                """.formatted(verifyCode));
    }

    /** Changes the sources. */
    void source(String text) throws IOException {
        Path file = project().resolve("src/main/source");
        Files.createDirectories(file.getParent());
        Files.writeString(file, text + "\n");
    }

    /** Every call of a program that only writes down its calls, in order. */
    List<String> calls() throws IOException {
        Path file = folder.resolve("calls");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    void forgetCalls() throws IOException {
        Files.deleteIfExists(folder.resolve("calls"));
    }

    Ran run(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(project().resolve("holdfast").toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Files.createDirectories(folder.resolve("where")).toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        builder.environment().put("CALLS", folder.resolve("calls").toString());
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the script does not end: " + Files.readString(err));
        }
        return new Ran(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private void jdk() throws IOException {
        Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
        Files.writeString(jdk.resolveSibling("release"), "JAVA_VERSION=\"25.0.1\"\n");
        executable(jdk.resolve("javac"), "");
        executable(jdk.resolve("java"), "pwd; printf '%s\\n' \"$@\"");
    }

    private void recorder(String name, int code) throws IOException {
        program(name, "echo \"" + name + " $*\" >>\"$CALLS\"; exit " + code);
    }

    private void program(String name, String script) throws IOException {
        Files.deleteIfExists(bin.resolve(name));
        executable(bin.resolve(name), script);
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, "#!" + find("bash") + "\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String tool) {
        for (String place : List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")) {
            Path file = Path.of(place, tool);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new IllegalStateException("this machine has no " + tool);
    }
}
