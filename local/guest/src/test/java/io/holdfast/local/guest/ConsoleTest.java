package io.holdfast.local.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTest {
    @TempDir
    Path folder;

    @Test
    void aLineCutInTheMiddleDoesNotCount() throws Exception {
        Path file = Files.writeString(folder.resolve("con"), "READY 0 files=0\r\nCOMMIT 12\r\nCOMMIT 13");
        Console console = new Console(file);

        assertThat(console.lastCommit()).isEqualTo(12);
        assertThatThrownBy(() -> console.awaitCommit(13, Duration.ofMillis(100)))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("COMMIT 12");

        Files.writeString(file, "READY 0 files=0\r\nCOMMIT 12\r\nCOMMIT 138\r\n");
        console.awaitCommit(13, Duration.ofSeconds(1));
        assertThat(console.lastCommit()).isEqualTo(138);
    }

    @Test
    void aRebootedGuestCountsFromWhatItFoundOnItsDisks() throws Exception {
        Console console = new Console(Files.writeString(folder.resolve("con"), "READY 1500 files=316\r\n"));

        assertThat(console.lastCommit()).isEqualTo(1500);
        assertThatThrownBy(() -> console.awaitMore(2, Duration.ofMillis(100)))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("COMMIT 1502");
    }

    @Test
    void aGuestThatSaysBadFailsTheWaitAtOnce() throws Exception {
        Path file = Files.writeString(folder.resolve("con"), "BAD /d1 3.dat is missing at 9\r\n");

        assertThatThrownBy(() -> new Console(file).awaitVerified(Duration.ofMinutes(5)))
                .isInstanceOf(GuestFailedException.class)
                .hasMessageContaining("3.dat is missing");
    }

    @Test
    void aConsoleThatDoesNotExistYetHasNoLines() throws Exception {
        assertThat(new Console(folder.resolve("none")).lines()).isEmpty();
    }

    @Test
    void kernelsAreComparedAsNumbersNotAsText() {
        assertThat(Kernel.compareVersions("6.1.0-9-cloud-amd64", "6.1.0-10-cloud-amd64"))
                .isNegative();
        assertThat(Kernel.compareVersions("6.10.1", "6.9.12")).isPositive();
        assertThat(Kernel.compareVersions("6.1.0-9-amd64", "6.1.0-9-amd64")).isZero();
    }
}
