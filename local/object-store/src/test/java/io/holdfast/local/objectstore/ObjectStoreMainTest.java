package io.holdfast.local.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreMainTest {

    @TempDir
    private Path folder;

    private Path credentials;

    @BeforeEach
    void writeCredentials() throws IOException {
        credentials = Files.writeString(folder.resolve("keys"), "access-key=test\nsecret-key=hunter2-hunter2\n");
        Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void it_says_where_it_answers_and_ends_when_its_standard_input_ends_also_over_an_existing_bucket()
            throws Exception {
        for (int i = 0; i < 2; i++) {
            Process server = start("--bucket", "backups");
            try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
                assertThat(output.readLine()).matches("ready http://127\\.0\\.0\\.1:[0-9]+");
                server.getOutputStream().close();
                assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(server.exitValue()).isZero();
                assertThat(folder.resolve("objects/backups")).isDirectory();
            } finally {
                server.destroyForcibly();
            }
        }
    }

    @Test
    void it_removes_what_a_killed_one_left_of_a_put_before_it_answers() throws Exception {
        Path keys = Files.createDirectories(folder.resolve("objects/backups/keys"));
        String id = "0123456789abcdef0123456789abcdef";
        Path slot = Files.write(keys.resolve(id), new byte[208]);
        Path left = Files.write(keys.resolve(id + "-" + UUID.randomUUID()), new byte[208]);
        Process server = start("--bucket", "backups");
        try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).startsWith("ready ");
            assertThat(left).doesNotExist();
            assertThat(slot).exists();
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void it_ends_on_sigterm_and_not_with_its_input_when_told_so() throws Exception {
        Process server = start("--ignore-stdin");
        try (BufferedReader output = server.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).startsWith("ready ");
            server.getOutputStream().close();
            assertThat(server.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
            server.toHandle().destroy();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isEqualTo(128 + 15);
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void a_credentials_file_that_others_can_read_is_refused_and_not_shown() throws Exception {
        Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-r--r--"));
        Process server = start();
        String said = new String(server.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(server.waitFor()).isEqualTo(2);
        assertThat(said).contains("chmod 600").doesNotContain("hunter2");
    }

    private Process start(String... more) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", "target/classes:target/lib/*", ObjectStoreMain.class.getName()));
        command.addAll(List.of("--directory", folder.resolve("objects").toString()));
        command.addAll(List.of("--credentials-file", credentials.toString()));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).start();
    }
}
