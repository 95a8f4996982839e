package io.holdfast.nbd.server.handshake;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The payload of LIST_META_CONTEXT and SET_META_CONTEXT. */
record ContextQuery(String name, List<String> queries) {

    private static final int MAX_QUERIES = 64;

    static @Nullable ContextQuery parse(ByteBuffer payload) {
        String name = Strings.take(payload);
        if (name == null || payload.remaining() < 4) {
            return null;
        }
        int count = payload.getInt();
        if (count < 0 || count > MAX_QUERIES) {
            return null;
        }
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String query = Strings.take(payload);
            if (query == null) {
                return null;
            }
            queries.add(query);
        }
        return payload.hasRemaining() ? null : new ContextQuery(name, queries);
    }

    /** Those asked for by their whole name. */
    List<String> select(List<String> offered) {
        return offered.stream().filter(queries::contains).toList();
    }

    /** As {@link #select}, and those of whose kind all are asked for ({@code base:}); all if nothing is asked for. */
    List<String> list(List<String> offered) {
        return offered.stream()
                .filter(context -> queries.isEmpty()
                        || queries.contains(context)
                        || queries.stream().anyMatch(query -> query.endsWith(":") && context.startsWith(query)))
                .toList();
    }
}
