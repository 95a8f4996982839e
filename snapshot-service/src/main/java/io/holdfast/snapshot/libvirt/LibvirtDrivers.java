package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Driver;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.domain.Source;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The libvirt driver of each source, with one connection per source. Thread-safe. */
public final class LibvirtDrivers implements Drivers, AutoCloseable {

    private static final Pattern SCHEME = Pattern.compile("qemu(\\+(unix|tls|ssh|libssh2?))?");
    private static final Pattern PATH = Pattern.compile("/(system|session)");
    // Parameters that name a program to run on this machine are not for people who may add a source.
    private static final Pattern RISKY = Pattern.compile("(^|&)(command|netcat|proxy)=");

    private final Settings settings;
    private final Pause pause;
    private final InstantSource clock;
    private final ConcurrentHashMap<UUID, Open> open = new ConcurrentHashMap<>();

    private record Open(LibvirtConnection connection, LibvirtConnection urgent, Driver driver) {
        void close() {
            connection.close();
            urgent.close();
        }
    }

    public LibvirtDrivers(Settings settings, Pause pause, InstantSource clock) {
        this.settings = settings;
        this.pause = pause;
        this.clock = clock;
    }

    @Override
    public String driverOf(String uri) {
        try {
            URI parsed = new URI(uri);
            String scheme = Objects.requireNonNullElse(parsed.getScheme(), "");
            String path = Objects.requireNonNullElse(parsed.getPath(), "");
            String query = Objects.requireNonNullElse(parsed.getQuery(), "");
            if (SCHEME.matcher(scheme).matches()
                    && PATH.matcher(path).matches()
                    && !RISKY.matcher(query).find()) {
                return "libvirt";
            }
        } catch (URISyntaxException e) {
            throw unsupported(e);
        }
        throw unsupported(null);
    }

    private static ApiException unsupported(@org.jspecify.annotations.Nullable Throwable cause) {
        return new ApiException(
                ErrorCode.SOURCE_SCHEME_UNSUPPORTED,
                "A source is a libvirt URI: qemu:///system, qemu+tls://host/system, qemu+ssh://user@host/system or"
                        + " qemu:///session?socket=PATH.",
                cause);
    }

    @Override
    public Driver of(Source source) {
        return open.computeIfAbsent(source.id(), id -> open(source)).driver();
    }

    private Open open(Source source) {
        LibvirtConnection connection = new LibvirtConnection(source.name(), source.uri());
        LibvirtConnection urgent = new LibvirtConnection(source.name() + "-urgent", source.uri());
        SourceContext context = new SourceContext(source, connection, settings, pause, clock);
        return new Open(
                connection,
                urgent,
                new Driver(
                        new LibvirtInventory(connection),
                        new LibvirtSnapshots(context),
                        new LibvirtViews(context),
                        new LibvirtViews(new SourceContext(source, urgent, settings, pause, clock)),
                        new LibvirtTargets(context),
                        new LibvirtLeftovers(context),
                        new LibvirtProbe(context),
                        true,
                        false));
    }

    @Override
    public void forget(Source source) {
        Open known = open.remove(source.id());
        if (known != null) {
            known.close();
        }
    }

    @Override
    public void close() {
        open.values().forEach(Open::close);
        open.clear();
    }
}
