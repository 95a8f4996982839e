package io.holdfast.snapshot.app;

import io.holdfast.api.problem.ApiException;
import io.holdfast.snapshot.domain.Snapshot;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.Woken;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Keeps what work on snapshots leaves behind when it is cut off in order: VMs started for it, block jobs, rows whose outcome
 * is not known. All but {@link #reconcile} wants the VM's lock held.
 */
public final class SnapshotUpkeep {

    private static final Logger LOG = Logger.getLogger(SnapshotUpkeep.class);
    /** A call that overran its deadline may still do its work in the hypervisor; longer than any such call lives. */
    private static final Duration MAY_STILL_COME = Duration.ofMinutes(10);

    private final SourceDirectory directory;
    private final Rows.SnapshotRows snapshots;
    private final Rows.WokenVms woken;
    private final VmLocks locks;
    private final InstantSource clock;

    public SnapshotUpkeep(
            SourceDirectory directory,
            Rows.SnapshotRows snapshots,
            Rows.WokenVms woken,
            VmLocks locks,
            InstantSource clock) {
        this.directory = directory;
        this.snapshots = snapshots;
        this.woken = woken;
        this.locks = locks;
        this.clock = clock;
    }

    /** At start-up and then regularly: what nobody works on is put in order. */
    public void reconcile(Source source) {
        Set<String> vms = new TreeSet<>();
        snapshots.all().stream()
                .filter(s -> s.source().equals(source.id()) && s.unsettled())
                .forEach(s -> vms.add(s.vm()));
        woken.all().stream().filter(w -> w.source().equals(source.id())).forEach(w -> vms.add(w.vm()));
        for (String vm : vms) {
            boolean free = locks.ifFree(
                    source.id(),
                    vm,
                    () -> directory.reach(source, d -> {
                        tidy(source, d.snapshots(), vm);
                        return vm;
                    }));
            if (!free) {
                LOG.debugf("VM %s is being worked on", vm);
            }
        }
    }

    /** Stops a VM that was started for a snapshot, ends block jobs, and asks the hypervisor what became of what was begun. */
    void tidy(Source source, Snapshots driver, String vm) {
        woken.of(source.id(), vm).ifPresent(w -> sleep(w, driver));
        for (Snapshot s : snapshots.ofVm(source.id(), vm)) {
            if (s.unsettled()) {
                settle(driver, s);
            }
        }
    }

    private void settle(Snapshots driver, Snapshot s) {
        Boolean there = driver.inUse(s);
        switch (s.state()) {
            case CREATING -> {
                boolean late = s.createdAt().plus(MAY_STILL_COME).isBefore(clock.instant());
                if (Boolean.TRUE.equals(there)) {
                    snapshots.update(s.with(Snapshot.State.ACTIVE));
                } else if (there == null || late) {
                    snapshots.remove(s.id());
                }
            }
            case DELETING, PARTLY_DELETED -> {
                if (there != null) {
                    driver.abandon(s);
                }
                if (s.state() == Snapshot.State.DELETING) {
                    snapshots.update(s.with(Snapshot.State.ACTIVE));
                }
            }
            case ACTIVE -> {}
        }
    }

    /**
     * Works with the VM's process there: a VM that is off is started paused, which is written down first, and stopped after,
     * whatever comes. The work hears whether it was.
     */
    <T> T awake(Source source, Snapshots driver, String vm, Function<Boolean, T> work) {
        if (!driver.off(vm)) {
            return work.apply(false);
        }
        Woken started = Undisturbed.get(() -> wake(source, driver, vm));
        try {
            return work.apply(true);
        } finally {
            Undisturbed.run(() -> sleepQuietly(started, driver));
        }
    }

    private Woken wake(Source source, Snapshots driver, String vm) {
        woken.put(new Woken(source.id(), vm, null));
        try {
            Woken started = new Woken(source.id(), vm, driver.wake(vm));
            woken.put(started);
            return started;
        } catch (RuntimeException e) {
            if (!outcomeUnknown(e)) {
                woken.remove(source.id(), vm);
            }
            throw e;
        }
    }

    /** What cannot be stopped now stays written down and is stopped by the next tidying. */
    private void sleepQuietly(Woken w, Snapshots driver) {
        try {
            sleep(w, driver);
        } catch (RuntimeException e) {
            LOG.warnf("VM %s stays started for now: %s", w.vm(), e.getMessage());
        }
    }

    private void sleep(Woken w, Snapshots driver) {
        driver.stop(w.vm(), w.run());
        woken.remove(w.source(), w.vm());
    }

    /** Whether a failed call may have done, or may still do, what it was to do. */
    static boolean outcomeUnknown(RuntimeException failure) {
        return !(failure instanceof ApiException e)
                || switch (e.code()) {
                    case HYPERVISOR_TIMEOUT, SOURCE_UNREACHABLE, UNAVAILABLE, OUTCOME_UNKNOWN, INTERNAL -> true;
                    default -> false;
                };
    }
}
