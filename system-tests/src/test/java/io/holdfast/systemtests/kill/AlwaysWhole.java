package io.holdfast.systemtests.kill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks all the time whether a VM is defined and whether every disk file that its definition names is there. */
final class AlwaysWhole implements AutoCloseable {

    private static final long EVERY_MILLIS = 50;

    private final PausedVm vm;
    private final List<String> broken = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("always-whole").factory());

    AlwaysWhole(PausedVm vm) {
        this.vm = vm;
        var _ = timer.scheduleWithFixedDelay(this::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            Collection<String> disks = vm.disks().values();
            List<String> missing = missing(disks);
            // A definition that changed in between says nothing about the files it named before.
            if (!missing.isEmpty() && List.copyOf(vm.disks().values()).equals(List.copyOf(disks))) {
                broken.add("defined with " + missing + ", which are not there");
            }
        } catch (IOException e) {
            broken.add("not defined: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<String> missing(Collection<String> files) {
        return files.stream().filter(file -> !Files.exists(Path.of(file))).toList();
    }

    /** Moments at which it was not. */
    List<String> broken() {
        return List.copyOf(broken);
    }

    @Override
    public void close() {
        timer.close();
    }
}
