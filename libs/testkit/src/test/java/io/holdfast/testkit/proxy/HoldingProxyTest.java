package io.holdfast.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HoldingProxyTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final BlockingQueue<String> seenByServer = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private HoldingProxy proxy;

    @BeforeEach
    void startEchoServer() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        Thread.ofVirtual().start(this::echo);
        proxy = HoldingProxy.inFrontOf(server.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void passes_bytes_both_ways() throws Exception {
        try (Socket client = connect()) {
            send(client, "hello\n");
            assertThat(receive(client)).isEqualTo("hello\n");
        }
    }

    @Test
    void withholds_the_nth_request_even_when_the_pattern_crosses_two_chunks() throws Exception {
        Hold hold = proxy.hold(Hold.Side.REQUEST, "commit", 2);
        try (Socket client = connect()) {
            send(client, "commit 1\n");
            assertThat(receive(client)).isEqualTo("commit 1\n");
            assertThat(seenByServer.poll(10, TimeUnit.SECONDS)).isEqualTo("commit 1\n");
            send(client, "com");
            assertThat(receive(client)).isEqualTo("com");
            assertThat(seenByServer.poll(10, TimeUnit.SECONDS)).isEqualTo("com");
            send(client, "mit 2\n");
            assertThat(hold.awaitReached(SOON)).isTrue();
            assertThat(seenByServer).isEmpty();
            hold.release();
            assertThat(receive(client)).isEqualTo("mit 2\n");
        }
    }

    @Test
    void withholds_a_reply_after_the_server_has_acted() throws Exception {
        Hold hold = proxy.hold(Hold.Side.REPLY, "put", 1);
        try (Socket client = connect()) {
            send(client, "put\n");
            assertThat(seenByServer.poll(10, TimeUnit.SECONDS)).isEqualTo("put\n");
            assertThat(hold.awaitReached(SOON)).isTrue();
            hold.cut();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), proxy.port());
        socket.setSoTimeout((int) SOON.toMillis());
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static String receive(Socket socket) throws IOException {
        byte[] buffer = new byte[1024];
        int n = socket.getInputStream().read(buffer);
        return new String(buffer, 0, n, StandardCharsets.UTF_8);
    }

    private void echo() {
        try (Socket socket = server.accept()) {
            byte[] buffer = new byte[1024];
            for (int n = socket.getInputStream().read(buffer);
                    n > 0;
                    n = socket.getInputStream().read(buffer)) {
                seenByServer.add(new String(buffer, 0, n, StandardCharsets.UTF_8));
                socket.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            seenByServer.add("closed: " + e.getMessage());
        }
    }
}
