package io.holdfast.testkit.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RequestsTest {

    private static final int LIBVIRT = 0x20008086;

    @Test
    void http_requests_are_told_apart_by_method_and_path_without_names_and_queries() {
        byte[] sent = ascii("PUT /bucket/packs/01/0123456789abcdef0123 HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
                + "POST /jobs/01234567-89ab-cdef-0123-456789abcdef/end?x=1 HTTP/1.1\r\n\r\n"
                + "PUT /bucket/packs/ff/ffffffffffffffffffff HTTP/1.1\r\n\r\n");
        inAnyPortions(Requests.ofHttp(), sent, "POST /jobs/{id}/end", "PUT /bucket/packs/{id}/{id}");
    }

    @Test
    void statements_of_postgresql_are_heard_whether_parsed_or_queried_also_after_a_refused_tls_request() {
        byte[] startup = ascii("\0\3\0\0user\0u\0\0");
        byte[] sent = joined(
                ByteBuffer.allocate(8).putInt(8).putInt(80877103).array(),
                ByteBuffer.allocate(4 + startup.length)
                        .putInt(4 + startup.length)
                        .put(startup)
                        .array(),
                typed('P', "\0insert into  a\n  values ($1)\0\0\0"),
                typed('B', "\0\0update b"),
                typed('Q', "delete from c\0"));
        inAnyPortions(Requests.ofPostgres(), sent, "delete from c", "insert into a values ($1)");
    }

    @Test
    void calls_of_libvirt_are_heard_and_replies_and_keepalives_are_not() {
        byte[] sent =
                joined(call(LIBVIRT, 412, 0, "<domainbackup/>"), call(LIBVIRT, 9, 1, ""), call(LIBVIRT, 94, 4, ""));
        inAnyPortions(Requests.ofLibvirt(), sent, "536903814 412", "536903814 94");
    }

    @Test
    void a_tap_that_came_in_the_middle_of_a_message_says_so() {
        Tap.Listener listener = Requests.ofLibvirt().connected();
        assertThatThrownBy(() -> listener.sent(ascii("of a message")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("too late");
    }

    private static void inAnyPortions(Requests requests, byte[] sent, String... kinds) {
        for (int portion = 1; portion <= sent.length; portion++) {
            Tap.Listener listener = requests.connected();
            for (int at = 0; at < sent.length; at += portion) {
                listener.sent(Arrays.copyOfRange(sent, at, Math.min(sent.length, at + portion)));
            }
            assertThat(requests.seen()).as("in portions of %d", portion).containsExactly(kinds);
            requests.forget();
        }
    }

    private static byte[] typed(char type, String payload) {
        byte[] bytes = ascii(payload);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) type)
                .putInt(4 + bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] call(int program, int procedure, int type, String payload) {
        byte[] bytes = ascii(payload);
        int length = 28 + bytes.length;
        return ByteBuffer.allocate(length)
                .putInt(length)
                .putInt(program)
                .putInt(1)
                .putInt(procedure)
                .putInt(type)
                .putInt(7)
                .putInt(0)
                .put(bytes)
                .array();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
