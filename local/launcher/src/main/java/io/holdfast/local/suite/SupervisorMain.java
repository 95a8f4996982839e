package io.holdfast.local.suite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** What runs inside the supervisor's process. */
public final class SupervisorMain {

    /**
     * Starts the suite and keeps it alive until this process is asked to end.
     *
     * @return exit code, only when there is nothing to keep alive
     */
    public static int run(Home home, Installation installation, Path cache) throws InterruptedException {
        Supervisor supervisor = new Supervisor(home.create());
        Optional<FileChannel> lock = supervisor.lock();
        if (lock.isEmpty()) {
            System.err.println("Another supervisor keeps the suite of " + home.root() + ".");
            return 4;
        }
        supervisor.announce();
        Suite suite = new Suite(home, installation, cache, Wiring.DIRECT, System.getenv());
        Runtime.getRuntime().addShutdownHook(new Thread(suite::close, "stop-suite"));
        try {
            suite.start(System.out::println);
        } catch (IOException e) {
            System.err.println("The suite could not be started: " + e.getMessage());
            return 1;
        }
        System.out.println("ready");
        new CountDownLatch(1).await();
        return 0;
    }

    private SupervisorMain() {}
}
