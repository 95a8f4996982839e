package io.holdfast.systemtests.kill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The steps and phases of snapshot-service's operations, read from its classes: no service is on this module's class path,
 * and its list must not be a copy.
 */
record SnapshotSteps(List<String> steps, List<String> phases) {

    static SnapshotSteps of(Path root) {
        Path classes = root.resolve("snapshot-service/target/classes");
        try (var loader = new URLClassLoader(new URL[] {url(classes)}, SnapshotSteps.class.getClassLoader())) {
            Class<?> step = loader.loadClass("io.holdfast.snapshot.domain.ViewStep");
            Class<?> phase = loader.loadClass("io.holdfast.snapshot.domain.View$Phase");
            return new SnapshotSteps(
                    Arrays.stream(step.getPermittedSubclasses())
                            .map(Class::getSimpleName)
                            .toList(),
                    Arrays.stream(phase.getEnumConstants())
                            .map(Object::toString)
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("snapshot-service is not built", e);
        }
    }

    private static URL url(Path folder) throws MalformedURLException {
        return folder.toUri().toURL();
    }
}
