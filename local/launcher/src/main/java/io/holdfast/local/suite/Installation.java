package io.holdfast.local.suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where the built parts lie: the project's folder after a build.
 *
 * @param root the project's folder
 * @param recording whether the services record their start caches ({@link StartCaches}) while they run
 */
public record Installation(Path root, boolean recording) {

    public Installation(Path root) {
        this(root, false);
    }

    /** From the system property {@code holdfast.root}, which the launcher script sets. */
    public static Installation ofSystem() {
        String root = System.getProperty("holdfast.root");
        if (root == null) {
            throw new IllegalStateException("The system property holdfast.root is missing: start with ./holdfast.");
        }
        return new Installation(Path.of(root).toAbsolutePath().normalize());
    }

    /** The JVM this program runs on. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** This program's class path with absolute entries, for a process with another working folder. */
    static String ownClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(":", -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(":"));
    }

    /** The command that runs a Quarkus service with these JVM options. */
    List<String> service(String module, List<String> jvmOptions) {
        Path jar = root.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
        requireBuilt(jar);
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(jvmOptions);
        command.addAll(StartCaches.options(jar.resolveSibling("."), recording));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /** The class path of a plain module: its classes and its {@code lib} folder. */
    String classPath(String module) {
        Path target = root.resolve(module).resolve("target");
        requireBuilt(target.resolve("classes"));
        return target.resolve("classes") + ":" + target.resolve("lib") + "/*";
    }

    private static void requireBuilt(Path part) {
        if (!Files.exists(part)) {
            throw new IllegalStateException("Not built: " + part + ". Run ./holdfast build.");
        }
    }
}
