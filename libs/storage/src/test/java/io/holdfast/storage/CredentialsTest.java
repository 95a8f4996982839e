package io.holdfast.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {

    @Test
    void the_text_shows_neither_key() {
        assertThat(new Credentials("access", "hunter2")).asString().doesNotContain("access", "hunter2");
    }

    @Test
    void a_file_of_two_lines_is_read(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "access-key=ak\nsecret-key = s=k\n");
        assertThat(Credentials.read(file)).isEqualTo(new Credentials("ak", "s=k"));
        Files.writeString(file, "access-key=ak\n");
        assertThatThrownBy(() -> Credentials.read(file)).isInstanceOf(IllegalArgumentException.class);
    }
}
