package io.holdfast.cli.http;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One request.
 *
 * @param path below {@code /api/v1}, encoded
 * @param key with it the server does the request once however often it arrives
 */
record Call(
        String method,
        String path,
        @Nullable Object body,
        @Nullable UUID key) {

    static Call get(String path) {
        return new Call("GET", path, null, null);
    }

    static Call post(String path, @Nullable Object body, UUID key) {
        return new Call("POST", path, body, key);
    }

    static Call delete(String path, @Nullable UUID key) {
        return new Call("DELETE", path, null, key);
    }

    /** Whether nothing is changed by it. */
    boolean readsOnly() {
        return method.equals("GET");
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
