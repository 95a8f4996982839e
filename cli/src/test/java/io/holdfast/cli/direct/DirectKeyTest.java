package io.holdfast.cli.direct;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

/** Who may open a vault. */
class DirectKeyTest extends DirectTest {

    private static final String NEW = "a quite new horse";

    private int opens(String passphrase) {
        return new Terminal(folder.resolve("home"))
                .with("HOLDFAST_PASSPHRASE", passphrase)
                .run("direct", "points", url())
                .exit();
    }

    @Test
    void a_rotated_passphrase_opens_and_the_one_before_it_does_not() {
        Terminal.Ran ran = terminal().with("HOLDFAST_NEW_PASSPHRASE", NEW).run("direct", "key", url(), "rotate");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out() + ran.err()).doesNotContain(NEW).doesNotContain(PASSPHRASE);
        assertThat(opens(NEW)).isZero();
        assertThat(opens(PASSPHRASE)).isEqualTo(1);
    }

    @Test
    void a_key_file_is_made_opens_the_vault_and_removes_the_passphrase() throws IOException {
        Path file = folder.resolve("key");
        JsonNode added = document(run("key", url(), "add", "--new-key-file", file.toString(), "-o", "json"));
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        JsonNode slots = document(run("key", url(), "list", "-o", "json"));
        assertThat(slots).hasSize(2);
        String passphrases = "";
        for (JsonNode slot : slots) {
            boolean ofFile = slot.get("slot").asText().equals(added.get("added").asText());
            assertThat(slot.get("kind").asText()).isEqualTo(ofFile ? "key-file" : "passphrase");
            assertThat(slot.get("used").asBoolean()).isEqualTo(!ofFile);
            passphrases = ofFile ? passphrases : slot.get("slot").asText();
        }
        // Not by itself.
        Terminal.Ran refused = run("key", url(), "remove", passphrases);
        assertThat(refused.exit()).isEqualTo(4);
        assertThat(refused.err()).contains("Nothing was changed");
        Terminal bare = new Terminal(folder.resolve("home"));
        assertThat(bare.run("direct", "key", url(), "remove", passphrases, "--key-file", file.toString())
                        .exit())
                .isZero();
        assertThat(opens(PASSPHRASE)).isEqualTo(1);
        assertThat(bare.run("direct", "points", url(), "--key-file", file.toString())
                        .exit())
                .isZero();
        assertThat(bare.run("direct", "key", url(), "remove", "0".repeat(32), "--key-file", file.toString())
                        .exit())
                .isEqualTo(3);
    }

    @Test
    void what_does_not_go_together_is_a_usage_error() throws IOException {
        Path file = Files.writeString(folder.resolve("short"), "short");
        assertThat(run("key", url(), "remove").exit()).isEqualTo(2);
        assertThat(run("key", url(), "list", "x").exit()).isEqualTo(2);
        assertThat(run("key", url(), "add").err()).contains("HOLDFAST_NEW_PASSPHRASE");
        assertThat(run("key", url(), "list", "--new-key-file", "x").exit()).isEqualTo(2);
        assertThat(run("key", url(), "add", "--new-key-file", file.toString()).exit())
                .isEqualTo(2);
        assertThat(run("key", url(), "mend").exit()).isEqualTo(2);
        assertThat(run("points", url(), "--key-file", folder.resolve("none").toString())
                        .exit())
                .isEqualTo(2);
        assertThat(run("points", url(), "--key-file", file.toString(), "--passphrase-file", file.toString())
                        .exit())
                .isEqualTo(2);
    }
}
