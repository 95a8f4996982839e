package io.holdfast.systemtests.input;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Posts a body by hand and reads the answer while it still sends, which HTTP clients do not. */
final class LargeBody {

    private static final int PIECE = 64 << 10;
    private static final int PATIENCE_MILLIS = 30_000;

    private LargeBody() {}

    /** The code of the problem that is answered. */
    static String post(URI catalog, String token, byte[] body, boolean length) throws IOException {
        try (Socket socket = new Socket(catalog.getHost(), catalog.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            String head = "POST /api/v1/sources HTTP/1.1\r\nHost: " + catalog.getAuthority()
                    + "\r\nContent-Type: application/json\r\nAuthorization: Bearer " + token + "\r\n"
                    + (length ? "Content-Length: " + body.length : "Transfer-Encoding: chunked") + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            try {
                for (int at = 0; at < body.length && in.available() == 0; at += PIECE) {
                    int n = Math.min(PIECE, body.length - at);
                    if (!length) {
                        out.write((Integer.toHexString(n) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    }
                    out.write(body, at, n);
                    if (!length) {
                        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                }
            } catch (IOException e) {
                // It does not take more: what it has to say was sent before that.
                if (in.available() == 0) {
                    throw e;
                }
            }
            return code(new String(readAnswer(in), StandardCharsets.UTF_8));
        }
    }

    private static byte[] readAnswer(InputStream in) throws IOException {
        byte[] answer = new byte[16 << 10];
        int filled = 0;
        while (filled < answer.length) {
            int n = in.read(answer, filled, answer.length - filled);
            if (n < 0) {
                break;
            }
            filled += n;
            if (new String(answer, 0, filled, StandardCharsets.UTF_8).contains("}")) {
                break;
            }
        }
        return java.util.Arrays.copyOf(answer, filled);
    }

    private static String code(String answer) throws IOException {
        int body = answer.indexOf("\r\n\r\n");
        int from = answer.indexOf('{');
        if (body < 0 || from < 0 || !answer.substring(0, body).contains("application/problem+json")) {
            throw new IOException("no problem: " + answer);
        }
        return new ObjectMapper()
                .readTree(answer.substring(from, answer.lastIndexOf('}') + 1))
                .path("code")
                .asText();
    }
}
