package io.holdfast.local.suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How this suite and hypervisors on other machines reach each other: variables that whoever says {@code up} sets. */
final class RemoteHosts {

    /** Folder of PEM files, named as libvirt names them. */
    static final String CERTIFICATES = "HOLDFAST_NBD_TLS_DIRECTORY";
    /** The name by which hypervisors find restore-service; its certificate has it. */
    static final String ADVERTISED = "HOLDFAST_RESTORE_ADVERTISED_HOST";

    /** Of the service that talks to libvirt: what a user's ssh agent and client certificates are found by, too. */
    static final List<String> OF_SNAPSHOT =
            List.of("HOME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR", "HOLDFAST_NBD_FIRST_PORT");

    static final List<String> OF_WORKER = List.of(CERTIFICATES);
    static final List<String> OF_RESTORE =
            List.of(CERTIFICATES, ADVERTISED, "HOLDFAST_RESTORE_TLS_HOST", "HOLDFAST_RESTORE_TLS_PORT");

    /** Those that are only about hosts elsewhere. */
    private static final List<String> ELSEWHERE = Stream.concat(
                    Stream.of("HOLDFAST_NBD_FIRST_PORT"), OF_RESTORE.stream())
            .toList();

    private static final List<String> FILES =
            List.of("ca-cert.pem", "client-cert.pem", "client-key.pem", "server-cert.pem", "server-key.pem");

    private RemoteHosts() {}

    /** For a suite that no other host is to reach: where it listens another may listen already. */
    static void withdraw(Map<String, String> environment) {
        environment.keySet().removeAll(ELSEWHERE);
    }

    /** Refuses what would keep a service from starting, or from being reached. */
    static void check(Map<String, String> environment) {
        String folder = environment.getOrDefault(CERTIFICATES, "");
        if (folder.isBlank()) {
            if (!environment.getOrDefault(ADVERTISED, "").isBlank()) {
                throw RefusedException.wrongValue(ADVERTISED + " needs certificates: set " + CERTIFICATES + " too.");
            }
            return;
        }
        Path path = Path.of(folder);
        if (!path.isAbsolute()) {
            throw RefusedException.wrongValue(CERTIFICATES + " has to be an absolute path: " + folder);
        }
        for (String file : FILES) {
            if (!Files.isReadable(path.resolve(file))) {
                throw RefusedException.wrongValue(
                        CERTIFICATES + ": " + path.resolve(file) + " is not there or cannot be read.");
            }
        }
    }
}
