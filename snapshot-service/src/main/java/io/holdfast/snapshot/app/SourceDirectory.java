package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceInfo;
import io.holdfast.api.source.SourceSpec;
import io.holdfast.snapshot.domain.Source;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Adding, finding and listing sources; {@link SourceRemoval} removes them. */
public final class SourceDirectory {

    private static final Logger LOG = Logger.getLogger(SourceDirectory.class);
    private static final int MAX_DETAIL = 500;

    private final Rows.Sources sources;
    private final Drivers drivers;
    private final InstantSource clock;

    public SourceDirectory(Rows.Sources sources, Drivers drivers, InstantSource clock) {
        this.sources = sources;
        this.drivers = drivers;
        this.clock = clock;
    }

    public List<SourceInfo> list() {
        return sources.all().stream().map(SourceDirectory::info).toList();
    }

    public SourceInfo show(String name) {
        return info(find(name));
    }

    /** The source with this name, {@code source-not-found} otherwise. */
    public Source find(String name) {
        return sources.byName(name)
                .orElseThrow(
                        () -> new ApiException(ErrorCode.SOURCE_NOT_FOUND, "There is no source called " + name + "."));
    }

    /** Connects once, then keeps it. */
    public SourceInfo add(SourceSpec spec) {
        String driver = drivers.driverOf(spec.uri());
        if (sources.byName(spec.name()).isPresent()) {
            throw new ApiException(ErrorCode.SOURCE_EXISTS, "A source called " + spec.name() + " exists already.");
        }
        sources.all().stream()
                .filter(s -> s.uri().equals(spec.uri()))
                .findFirst()
                .ifPresent(s -> {
                    // Under two names nothing would keep two jobs from one VM.
                    throw new ApiException(
                            ErrorCode.SOURCE_EXISTS, "This hypervisor is the source " + s.name() + " already.");
                });
        if (spec.scratchLimitBytes() != null && spec.scratchLimitBytes() < 1 << 20) {
            throw new ApiException(ErrorCode.INVALID_REQUEST, "The scratch limit is at least 1 MiB.");
        }
        Source source = new Source(
                UUID.randomUUID(),
                spec.name(),
                spec.uri(),
                driver,
                spec.scratchPool(),
                spec.scratchLimitBytes(),
                spec.nbd() == null ? drivers.handoverOf(spec.uri()) : spec.nbd(),
                "ok",
                null,
                clock.instant(),
                spec.credentials(),
                false);
        try {
            drivers.of(source).inventory().ping();
            sources.add(source);
        } catch (RuntimeException e) {
            drivers.forget(source);
            throw e;
        }
        LOG.infof("source %s added", source.name());
        return info(source);
    }

    /**
     * Refuses a VM that is off on its source while one of its id runs on another: where two hypervisors share storage both may
     * define it, as after a migration, and what is off here is written to there. Sources that do not answer are passed over.
     * Error: {@code vm-ambiguous}.
     */
    public void refuseRunningElsewhere(Source here, String vm) {
        if (drivers.of(here).inventory().runs(vm)) {
            return;
        }
        for (Source other : sources.all()) {
            if (!other.id().equals(here.id()) && other.state().equals("ok") && runs(other, vm)) {
                throw new ApiException(
                        ErrorCode.VM_AMBIGUOUS,
                        "The VM " + vm + " is off on " + here.name() + " and runs on " + other.name()
                                + ": if it is one VM, name it there; if these are two, give one of them another UUID.");
            }
        }
    }

    private boolean runs(Source source, String vm) {
        try {
            return reach(source, d -> d.inventory().runs(vm));
        } catch (ApiException e) {
            LOG.infof("whether VM %s runs on source %s is not known: %s", vm, source.name(), e.code());
            return false;
        }
    }

    /** Runs against a source's driver and keeps the source's state: reached or not. */
    public <T> T reach(Source source, java.util.function.Function<Driver, T> call) {
        try {
            T answer = call.apply(drivers.of(source));
            if (!source.state().equals("ok")) {
                sources.state(source.id(), "ok", "");
            }
            return answer;
        } catch (ApiException e) {
            if (e.code() == ErrorCode.SOURCE_UNREACHABLE || e.code() == ErrorCode.HYPERVISOR_TIMEOUT) {
                String said = e.detail();
                sources.state(source.id(), "unreachable", said.substring(0, Math.min(said.length(), MAX_DETAIL)));
            }
            throw e;
        }
    }

    private static SourceInfo info(Source s) {
        return new SourceInfo(
                s.id(),
                s.name(),
                s.uri(),
                s.driver(),
                s.scratchPool(),
                s.scratchLimitBytes(),
                s.nbd(),
                s.state(),
                s.detail(),
                s.createdAt());
    }
}
