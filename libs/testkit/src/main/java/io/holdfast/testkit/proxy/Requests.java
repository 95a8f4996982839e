package io.holdfast.testkit.proxy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The kinds of requests that pass a {@link HoldingProxy}: what a test compares with what it believes to know. Has to be there
 * before the first connection, so that it sees where messages begin.
 */
public final class Requests implements Tap {

    private final Function<Consumer<String>, Listener> form;
    private final Set<String> seen = new ConcurrentSkipListSet<>();

    private Requests(Function<Consumer<String>, Listener> form) {
        this.form = form;
    }

    /** {@code POST /api/v1/runner/jobs/{id}/end}: method and path, names and numbers in the path left out. */
    public static Requests ofHttp() {
        return new Requests(HttpRequestLines::new);
    }

    /** SQL statements with one space between words; a client that prepares them on the server sends each only once. */
    public static Requests ofPostgres() {
        return new Requests(SqlStatements::new);
    }

    /** {@code 536903814 412}: program and procedure of libvirt's remote calls. */
    public static Requests ofLibvirt() {
        return new Requests(LibvirtCalls::new);
    }

    @Override
    public Listener connected() {
        return form.apply(seen::add);
    }

    /** What passed since the beginning or {@link #forget()}, each kind once, sorted. */
    public List<String> seen() {
        return List.copyOf(seen);
    }

    /** Begins anew. */
    public void forget() {
        seen.clear();
    }
}
