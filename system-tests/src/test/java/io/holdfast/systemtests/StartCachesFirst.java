package io.holdfast.systemtests;

import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.StartCaches;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Records the services' start caches before the first test, as the launcher does before a suite's first start. */
public final class StartCachesFirst implements BeforeAllCallback {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path UNPACKED = Path.of(System.getProperty("user.home"), ".cache", "holdfast");

    private static boolean done;

    @Override
    public void beforeAll(ExtensionContext context) throws InterruptedException {
        synchronized (StartCachesFirst.class) {
            Installation installation = new Installation(ROOT);
            if (done) {
                return;
            }
            done = true;
            if (!StartCaches.areFresh(installation)) {
                try {
                    StartCaches.make(installation, ROOT.resolve("target/recording"), UNPACKED);
                } catch (IOException | RuntimeException e) {
                    // Without them everything works, only slower; that there are none is one test's to say.
                    System.out.println("no start caches were recorded: " + e);
                }
            }
        }
    }
}
