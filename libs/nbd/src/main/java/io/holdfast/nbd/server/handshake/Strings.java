package io.holdfast.nbd.server.handshake;

import io.holdfast.nbd.wire.Protocol;
import io.holdfast.nbd.wire.WireInput;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.jspecify.annotations.Nullable;

/** Strings inside the payload of an option. */
final class Strings {

    private Strings() {}

    /** A string after its length (32 bits), or {@code null} when it is not there or not one. */
    static @Nullable String take(ByteBuffer payload) {
        return payload.remaining() < 4 ? null : take(payload, payload.getInt());
    }

    /** A string of this many bytes, or {@code null}. */
    static @Nullable String take(ByteBuffer payload, int length) {
        if (length < 0 || length > Protocol.MAX_STRING || length > payload.remaining()) {
            return null;
        }
        byte[] bytes = new byte[length];
        payload.get(bytes);
        try {
            return WireInput.text(bytes);
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
