package io.holdfast.catalog.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealKeyFileTest {

    @TempDir
    Path folder;

    private Path file(String text, String permissions) throws IOException {
        Path file = folder.resolve("seal.key");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    @Test
    void aPrivateFileOfThirtyTwoBytesIsTaken() throws IOException {
        String text = Base64.getEncoder().encodeToString(new byte[32]) + "\n";
        assertThat(SealKeyFile.read(file(text, "rw-------"))).hasSize(32);
    }

    @Test
    void aMissingFileIsNamedWithTheWayToMakeOne() {
        assertThatThrownBy(() -> SealKeyFile.read(folder.resolve("none")))
                .hasMessageContaining("none")
                .hasMessageContaining("does not exist. Make one:");
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        String text = Base64.getEncoder().encodeToString(new byte[32]);
        assertThatThrownBy(() -> SealKeyFile.read(file(text, "rw-r-----"))).hasMessageContaining("others");
        assertThatThrownBy(() -> SealKeyFile.read(file(text, "rw----r--"))).hasMessageContaining("chmod 600");
    }

    @Test
    void aShortOrGarbledKeyIsRefusedWithoutBeingRepeated() throws IOException {
        assertThatThrownBy(() -> SealKeyFile.read(file("c2hvcnQ=", "rw-------"))).hasMessageContaining("5 bytes");
        assertThatThrownBy(() -> SealKeyFile.read(file("secret*text", "rw-------")))
                .hasMessageContaining("is not base64")
                .hasMessageNotContaining("secret*")
                .hasNoCause();
    }
}
