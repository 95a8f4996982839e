package io.holdfast.snapshot.libvirt;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.snapshot.app.Driver;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.Pause;
import io.holdfast.snapshot.app.Settings;
import io.holdfast.snapshot.domain.Source;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The libvirt driver of each source, with one connection per source. Thread-safe. */
public final class LibvirtDrivers implements Drivers, AutoCloseable {

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
        SourceUri.check(uri);
        return "libvirt";
    }

    @Override
    public String handoverOf(String uri) {
        return SourceUri.check(uri).remote() ? "tls" : "unix";
    }

    @Override
    public Driver of(Source source) {
        return open.computeIfAbsent(source.id(), id -> open(source)).driver();
    }

    private Open open(Source source) {
        if (source.locked()) {
            throw new ApiException(
                    ErrorCode.SOURCE_UNREACHABLE,
                    "The credentials of source " + source.name()
                            + " were sealed with another key than this service has: give it the old key again, or"
                            + " remove the source and add it anew.");
        }
        LibvirtConnection connection = new LibvirtConnection(source.name(), source.uri(), source.credentials());
        LibvirtConnection urgent = new LibvirtConnection(source.name() + "-urgent", source.uri(), source.credentials());
        SourceContext context = new SourceContext(source, connection, settings, pause, clock);
        return new Open(
                connection,
                urgent,
                new Driver(
                        new LibvirtInventory(context),
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
