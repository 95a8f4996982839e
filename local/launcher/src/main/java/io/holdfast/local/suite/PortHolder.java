package io.holdfast.local.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Who listens at a TCP port of this machine, as far as {@code /proc} tells this user (proc_net_tcp(5)). */
final class PortHolder {

    private static final String LISTENS = "0A";

    /** {@code process 4711 (nginx)}, or that it cannot be told. */
    static String of(int port) {
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(table -> sockets(Path.of(table), port).stream())
                .flatMap(inode -> process("socket:[" + inode + "]").stream())
                .findFirst()
                .orElse("a process that this user cannot see");
    }

    private static List<String> sockets(Path table, int port) {
        String end = String.format(Locale.ROOT, ":%04X", port);
        try (Stream<String> lines = Files.lines(table)) {
            return lines.map(line -> line.strip().split("\\s+", -1))
                    .filter(fields -> fields.length > 9 && fields[1].endsWith(end) && fields[3].equals(LISTENS))
                    .map(fields -> fields[9])
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<String> process(String socket) {
        return ProcessHandle.allProcesses()
                .filter(process -> holds(process.pid(), socket))
                .map(process -> "process " + process.pid() + " (" + name(process.pid()) + ")")
                .findFirst();
    }

    private static boolean holds(long pid, String socket) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.anyMatch(file -> target(file).equals(socket));
        } catch (IOException e) {
            return false; // somebody else's, or gone
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static String name(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
        } catch (IOException e) {
            return "?";
        }
    }

    private PortHolder() {}
}
