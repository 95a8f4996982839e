package io.holdfast.snapshot;

import io.holdfast.snapshot.app.Driver;
import io.holdfast.snapshot.app.Drivers;
import io.holdfast.snapshot.app.FrozenViews;
import io.holdfast.snapshot.app.RestoreTargets;
import io.holdfast.snapshot.app.Snapshots;
import io.holdfast.snapshot.domain.Source;
import java.util.function.UnaryOperator;

/**
 * The real drivers with one part of each behind a test's own.
 *
 * @param snapshots what stands before a driver's snapshots
 * @param urgent what stands before what lets guests go on
 * @param views what stands before a driver's views
 * @param targets what stands before a driver's targets
 */
record OtherDrivers(
        Drivers real,
        UnaryOperator<Snapshots> snapshots,
        UnaryOperator<FrozenViews> urgent,
        UnaryOperator<FrozenViews> views,
        UnaryOperator<RestoreTargets> targets)
        implements Drivers {

    OtherDrivers(Drivers real, UnaryOperator<Snapshots> snapshots, UnaryOperator<FrozenViews> urgent) {
        this(real, snapshots, urgent, UnaryOperator.identity(), UnaryOperator.identity());
    }

    static Drivers ofViews(Drivers real, UnaryOperator<FrozenViews> views) {
        return new OtherDrivers(
                real, UnaryOperator.identity(), UnaryOperator.identity(), views, UnaryOperator.identity());
    }

    static Drivers ofTargets(Drivers real, UnaryOperator<RestoreTargets> targets) {
        return new OtherDrivers(
                real, UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity(), targets);
    }

    @Override
    public Driver of(Source source) {
        Driver d = real.of(source);
        return new Driver(
                d.inventory(),
                snapshots.apply(d.snapshots()),
                views.apply(d.views()),
                urgent.apply(d.urgent()),
                targets.apply(d.targets()),
                d.leftovers(),
                d.probe(),
                d.changes(),
                d.memory());
    }

    @Override
    public String driverOf(String uri) {
        return real.driverOf(uri);
    }

    @Override
    public String handoverOf(String uri) {
        return real.handoverOf(uri);
    }

    @Override
    public void forget(Source source) {
        real.forget(source);
    }
}
