package io.holdfast.testkit.storage;

import io.holdfast.storage.ObjectStore;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts a main class of these tests in a virtual machine of its own. */
final class ChildProcess {
    private ChildProcess() {}

    static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classPath(main), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static String classPath(Class<?> main) {
        return Stream.of(main, ObjectStoreContract.class, ObjectStore.class)
                .map(type -> Path.of(URI.create(type.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
