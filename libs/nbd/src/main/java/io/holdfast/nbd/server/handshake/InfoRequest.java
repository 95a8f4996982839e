package io.holdfast.nbd.server.handshake;

import io.holdfast.nbd.wire.Protocol.InfoType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The payload of INFO and GO. */
record InfoRequest(String name, boolean wantsName) {

    static @Nullable InfoRequest parse(ByteBuffer payload) {
        String name = Strings.take(payload);
        if (name == null || payload.remaining() < 2) {
            return null;
        }
        int count = Short.toUnsignedInt(payload.getShort());
        if (payload.remaining() != 2 * count) {
            return null;
        }
        boolean wantsName = false;
        for (int i = 0; i < count; i++) {
            wantsName |= Short.toUnsignedInt(payload.getShort()) == InfoType.NAME;
        }
        return new InfoRequest(name, wantsName);
    }
}
