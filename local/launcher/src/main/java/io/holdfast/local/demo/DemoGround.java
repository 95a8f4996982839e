package io.holdfast.local.demo;

import io.holdfast.local.guest.OwnLibvirt;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder in which the demo has a suite and a libvirt of its own. Whatever an earlier demo left there, even one that was
 * killed, is found by its processes' environment and start times, ended and removed.
 */
final class DemoGround {

    private final Home home;
    private final Supervisor supervisor;
    private final OwnLibvirt libvirt;

    private DemoGround(Home home, OwnLibvirt libvirt) {
        this.home = home;
        this.supervisor = new Supervisor(home);
        this.libvirt = libvirt;
    }

    /** The ground below a user's state folder; nothing of an earlier demo is left on it. */
    static DemoGround cleared(Home userHome) throws IOException, InterruptedException {
        Home.privateFolder(userHome.root());
        Home home = new Home(userHome.root().resolve("demo"));
        DemoGround earlier = new DemoGround(home, OwnLibvirt.in(home.root().resolve("lv")));
        earlier.clear();
        return new DemoGround(home, OwnLibvirt.in(home.root().resolve("lv")));
    }

    SuiteFile start(Consumer<String> say) throws IOException, InterruptedException {
        libvirt.start();
        return supervisor.startDetached(Installation.ofSystem(), say);
    }

    Home home() {
        return home;
    }

    OwnLibvirt libvirt() {
        return libvirt;
    }

    /** A folder of the demo's own, made when absent. */
    Path folder(String name) {
        Path folder = home.root().resolve(name);
        Home.privateFolder(folder);
        return folder;
    }

    /** Ends every process and removes every file. */
    void clear() throws IOException, InterruptedException {
        supervisor.stop();
        libvirt.stop();
        delete(home.root());
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
