package io.holdfast.systemtests.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The steps and phases of snapshot-service's operations, read from its classes: no service is on this module's class path,
 * and its list must not be a copy.
 */
record SnapshotSteps(List<String> viewSteps, List<String> viewPhases, List<String> targetSteps) {

    private static final String DOMAIN = "io.holdfast.snapshot.domain.";

    static SnapshotSteps of(Path root) {
        Path classes = root.resolve("snapshot-service/target/classes");
        try (var loader = new URLClassLoader(new URL[] {url(classes)}, SnapshotSteps.class.getClassLoader())) {
            Class<?> phase = loader.loadClass(DOMAIN + "View$Phase");
            // Only classes that are there count: a service that does not take its targets in steps has none.
            boolean steps = Files.exists(classes.resolve(DOMAIN.replace('.', '/') + "TargetStep.class"));
            return new SnapshotSteps(
                    permitted(loader, "ViewStep"),
                    Arrays.stream(phase.getEnumConstants())
                            .map(Object::toString)
                            .toList(),
                    steps ? permitted(loader, "TargetStep") : List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("snapshot-service is not built", e);
        }
    }

    private static List<String> permitted(ClassLoader loader, String name) throws ClassNotFoundException {
        return Arrays.stream(loader.loadClass(DOMAIN + name).getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList();
    }

    private static URL url(Path folder) throws MalformedURLException {
        return folder.toUri().toURL();
    }
}
