package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * TCP ports that hypervisors serve views at. A view that is not closed has its own by its row; between the choice and the row,
 * and while a source is checked, the choice itself keeps the port from others. Thread-safe.
 */
public final class NbdPorts {

    private static final int PORTS = 100;

    private record Taken(UUID source, int port) {}

    private final Supplier<List<View>> unclosed;
    private final int first;
    private final Set<Taken> taken = new HashSet<>();

    /** @param unclosed views as their rows are now */
    public NbdPorts(Supplier<List<View>> unclosed, int first) {
        this.unclosed = unclosed;
        this.first = first;
    }

    /** Runs with a port that is nobody else's until it returns; 0 where unix sockets serve. Error: {@code unavailable}. */
    public <T> T with(Source source, IntFunction<T> body) {
        if (!source.nbd().equals("tls")) {
            return body.apply(0);
        }
        Taken mine = take(source);
        try {
            return body.apply(mine.port());
        } finally {
            give(mine);
        }
    }

    private synchronized Taken take(Source source) {
        // While this runs nobody gives one back: who has a row by now is in the rows, who has none yet is in the set.
        Set<Taken> used = new HashSet<>(taken);
        unclosed.get().forEach(v -> used.add(new Taken(v.source(), v.plan().port())));
        for (int port = first; port < first + PORTS; port++) {
            Taken free = new Taken(source.id(), port);
            if (!used.contains(free)) {
                taken.add(free);
                return free;
            }
        }
        throw new ApiException(ErrorCode.UNAVAILABLE, "All " + PORTS + " NBD ports are in use.");
    }

    private synchronized void give(Taken mine) {
        taken.remove(mine);
    }
}
