package io.holdfast.local.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    @TempDir
    Path folder;

    private Home home = new Home(Path.of("unset"));

    @BeforeEach
    void makeHome() {
        home = new Home(folder.resolve("h"), folder.resolve("n")).create();
    }

    @Test
    void portsAreKeptAndLieWhereNoOutgoingConnectionTakesThem() throws Exception {
        Ports first = Ports.keptIn(home, List.of("objects", "postgres"));
        Ports again = Ports.keptIn(home, List.of("postgres", "objects", "new"));

        assertThat(again.of("objects")).isEqualTo(first.of("objects"));
        assertThat(List.of(again.of("objects"), again.of("postgres"), again.of("new")))
                .doesNotHaveDuplicates()
                .allSatisfy(port -> assertThat(port)
                        .isBetween(
                                PortRange.toKeep().first(), PortRange.toKeep().last()));
    }

    @Test
    void aKeptPortThatIsTakenIsNeverReplacedAndTheSentenceNamesItAndItsHolder() throws Exception {
        int port = Ports.keptIn(home, List.of("objects")).of("objects");
        try (ServerSocket holder = new ServerSocket(port, 1, loopback())) {
            assertThat(holder.isBound()).isTrue();
            assertThatThrownBy(() -> Ports.keptIn(home, List.of("objects")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("process " + ProcessHandle.current().pid() + " (");
        }
        assertThat(Ports.keptIn(home, List.of("objects")).of("objects")).isEqualTo(port);
    }

    @Test
    void theRangeAvoidsWhateverTheSystemUsesForOutgoingConnections() {
        assertThat(PortRange.outside(new PortRange(32_768, 60_999)).last()).isLessThan(32_768);
        assertThat(PortRange.outside(new PortRange(25_000, 65_535)).last()).isLessThan(25_000);
        assertThat(PortRange.outside(new PortRange(10_000, 60_999)).first()).isGreaterThan(60_999);
        assertThat(PortRange.outside(new PortRange(10_000, 65_535)).last()).isLessThan(10_000);
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
