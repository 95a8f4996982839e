package io.holdfast.testkit.proxy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** The texts of statements in PostgreSQL's protocol, version 3: Parse and Query. */
final class SqlStatements extends Frames {

    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final Consumer<String> out;
    /** Until the start-up message is over, messages have no type. */
    private boolean started;

    SqlStatements(Consumer<String> out) {
        this.out = out;
    }

    @Override
    protected int length(ByteBuffer at) {
        if (!started) {
            return at.remaining() < 2 * Integer.BYTES ? 0 : at.getInt(0);
        }
        return at.remaining() < 1 + Integer.BYTES ? 0 : 1 + at.getInt(1);
    }

    @Override
    protected void message(ByteBuffer message) {
        if (!started) {
            int code = message.getInt(Integer.BYTES);
            started = code != SSL_REQUEST && code != GSS_REQUEST;
            return;
        }
        byte type = message.get(0);
        if (type == 'Q' || type == 'P') {
            String text = StandardCharsets.UTF_8
                    .decode(message.slice(5, message.remaining() - 5))
                    .toString();
            // Parse: the statement's name, the statement, the parameters' types.
            int from = type == 'P' ? text.indexOf('\0') + 1 : 0;
            out.accept(text.substring(from, text.indexOf('\0', from)).strip().replaceAll("\\s+", " "));
        }
    }
}
