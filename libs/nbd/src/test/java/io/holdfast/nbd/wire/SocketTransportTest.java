package io.holdfast.nbd.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;

class SocketTransportTest {

    @Test
    void aPeerWhoseMachineIsGoneIsNoticedWithinMinutes() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(listening.getInetAddress(), listening.getLocalPort());
                Socket accepted = listening.accept();
                Transport _ = SocketTransport.clear(accepted)) {
            assertThat(client.isConnected()).isTrue();
            assertThat(accepted.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
            int idle = accepted.getOption(ExtendedSocketOptions.TCP_KEEPIDLE);
            int between = accepted.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL);
            int probes = accepted.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT);
            assertThat(idle + between * probes).isLessThanOrEqualTo(180);
        }
    }
}
