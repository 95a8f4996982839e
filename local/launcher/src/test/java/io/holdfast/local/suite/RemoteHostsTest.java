package io.holdfast.local.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteHostsTest {

    private static final String FOLDER = "HOLDFAST_NBD_TLS_DIRECTORY";
    private static final String HOST = "HOLDFAST_RESTORE_ADVERTISED_HOST";

    @TempDir
    Path folder;

    @Test
    void certificatesThatAreNotThereAreNamedBeforeAnythingStarts() throws Exception {
        refused(Map.of(HOST, "backup.example.org"), FOLDER);
        refused(Map.of(FOLDER, "tls"), "absolute");
        refused(Map.of(FOLDER, folder.toString()), "ca-cert.pem");

        for (String file :
                List.of("ca-cert.pem", "server-cert.pem", "server-key.pem", "client-cert.pem", "client-key.pem")) {
            Files.createFile(folder.resolve(file));
        }
        assertThatCode(() -> RemoteHosts.check(Map.of(FOLDER, folder.toString(), HOST, "h")))
                .doesNotThrowAnyException();
        assertThatCode(() -> RemoteHosts.check(Map.of())).doesNotThrowAnyException();
    }

    @Test
    void eachServiceGetsWhatItNeedsOfTheStartersEnvironmentAndNothingElse() throws Exception {
        Map<String, String> starter = new HashMap<>(Map.of(
                FOLDER, "/etc/tls", HOST, "backup.example.org", "HOLDFAST_RESTORE_TLS_PORT", "10900", "SECRET", "x"));
        starter.put("SSH_AUTH_SOCK", "/run/agent");

        for (String service : ServiceProcesses.ALL) {
            Path app = Files.createDirectories(folder.resolve(service).resolve("target/quarkus-app"));
            Files.createFile(app.resolve("quarkus-run.jar"));
        }
        Home home = new Home(folder.resolve("h")).create();
        Ports ports = Ports.keptIn(home, ServiceProcesses.ALL);
        Secrets secrets = new Secrets(home);
        var postgres = new PostgresServer(home, secrets, 5432, folder);
        var services =
                new ServiceProcesses(home, secrets, new Installation(folder), ports, postgres, Wiring.DIRECT, starter);

        assertThat(services.of("backup-worker").environment())
                .containsEntry(FOLDER, "/etc/tls")
                .doesNotContainKeys(HOST, "SECRET", "SSH_AUTH_SOCK");
        assertThat(services.of("restore-service").environment())
                .containsEntry(FOLDER, "/etc/tls")
                .containsEntry(HOST, "backup.example.org")
                .containsEntry("HOLDFAST_RESTORE_TLS_PORT", "10900");
        assertThat(services.of("snapshot-service").environment())
                .containsEntry("SSH_AUTH_SOCK", "/run/agent")
                .doesNotContainKey(FOLDER);
        home.removeDeadSockets();
    }

    @Test
    void aSuiteThatNobodyElsewhereIsToReachGetsNothingOfThatAndTheRestOfTheEnvironment() {
        Map<String, String> environment = new HashMap<>(Map.of(
                FOLDER,
                "/etc/tls",
                HOST,
                "h",
                "HOLDFAST_RESTORE_TLS_PORT",
                "10809",
                "HOLDFAST_NBD_FIRST_PORT",
                "10810"));
        environment.put("SSH_AUTH_SOCK", "/run/agent");

        RemoteHosts.withdraw(environment);

        assertThat(environment).containsOnlyKeys("SSH_AUTH_SOCK");
    }

    private static void refused(Map<String, String> environment, String named) {
        assertThatThrownBy(() -> RemoteHosts.check(environment))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(2))
                .hasMessageContaining(named);
    }
}
