package io.holdfast.local.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeftoversTest {

    private static final String ID = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path folder;

    private Path file(String name) throws IOException {
        Path path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        return Files.write(path, new byte[3]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backups/vault",
                "backups/keys/" + ID,
                "backups/some-prefix/packs/01/" + ID,
                "backups/points/" + ID + "/0000000000000001"
            })
    void whatAKilledServerLeftBesideAnObjectGoesAndTheObjectStays(String key) throws IOException {
        Path object = file(key);
        Path left = file(key + "-" + UUID.randomUUID());
        Leftovers.removeBelow(folder);
        assertThat(left).doesNotExist();
        assertThat(object).exists();
    }

    @Test
    void whatIsNoObjectsOfAVaultIsNotTouched() throws IOException {
        Path other = file("backups/report-" + UUID.randomUUID());
        Path inFolder = file("vault-" + UUID.randomUUID() + "/keys/" + ID);
        Path upper =
                file("backups/keys/" + ID + "-" + UUID.randomUUID().toString().toUpperCase(java.util.Locale.ROOT));
        Leftovers.removeBelow(folder);
        assertThat(other).exists();
        assertThat(inFolder).exists();
        assertThat(upper).exists();
    }
}
