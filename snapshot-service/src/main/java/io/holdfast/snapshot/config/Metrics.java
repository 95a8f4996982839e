package io.holdfast.snapshot.config;

import io.holdfast.snapshot.app.ScratchWatch;
import io.holdfast.snapshot.app.TargetEnd;
import io.holdfast.snapshot.domain.Checkpoint;
import io.holdfast.snapshot.domain.View;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What this service has under way on hypervisors, in numbers. */
@ApplicationScoped
public class Metrics {

    private final TargetEnd.Tables tables;
    private final MultiGauge views;
    private final MultiGauge targets;
    private final MultiGauge checkpoints;
    private final AtomicLong scratch = new AtomicLong();

    public Metrics(TargetEnd.Tables tables, ScratchWatch watch, MeterRegistry registry) {
        this.tables = tables;
        this.views = gauge(registry, "holdfast.views", "Frozen views that are not closed, by phase");
        this.targets = gauge(registry, "holdfast.targets", "Restore targets by state");
        this.checkpoints = gauge(registry, "holdfast.checkpoints", "Checkpoints by state");
        registry.gauge("holdfast.scratch.reserved.bytes", scratch);
        FunctionCounter.builder("holdfast.scratch.full", watch, ScratchWatch::ended)
                .description("Views ended because their scratch ran full")
                .register(registry);
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String what) {
        return MultiGauge.builder(name).description(what).register(registry);
    }

    /** Counts anew. */
    public void refresh() {
        List<View> unclosed = tables.views().unclosed();
        views.register(rows("phase", unclosed, v -> v.phase().name()), true);
        targets.register(rows("state", named(tables.targets().counts())), true);
        checkpoints.register(
                rows(
                        "state",
                        tables.checkpoints().all(),
                        (Checkpoint c) -> c.state().name()),
                true);
        scratch.set(unclosed.stream()
                .filter(v -> v.phase() != View.Phase.FREED)
                .flatMap(v -> v.plan().disks().stream())
                .mapToLong(d -> d.scratch().bytes())
                .sum());
    }

    private static Map<String, Long> named(Map<? extends Enum<?>, Long> counts) {
        return counts.entrySet().stream()
                .collect(Collectors.toMap(e -> e.getKey().name(), Map.Entry::getValue));
    }

    private static <T> List<MultiGauge.Row<?>> rows(String tag, List<T> all, Function<T, String> name) {
        return rows(tag, all.stream().collect(Collectors.groupingBy(name, Collectors.counting())));
    }

    private static List<MultiGauge.Row<?>> rows(String tag, Map<String, Long> counts) {
        return counts.entrySet().stream()
                .<MultiGauge.Row<?>>map(e -> MultiGauge.Row.of(Tags.of(tag, e.getKey()), e.getValue()))
                .toList();
    }
}
