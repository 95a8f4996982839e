package io.holdfast.local.suite;

import io.holdfast.api.vault.VaultSpec;
import io.holdfast.cli.http.BearerToken;
import io.holdfast.cli.http.CatalogAddress;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.storage.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The services' ahead-of-time caches (JEP 483, JEP 514): the classes that a start loads, loaded and linked once after a build. A
 * service with one is ready in half of the time. It belongs to one JDK and to the jars where they lie; the JVM itself refuses
 * any other and starts as without, so that losing one costs seconds and nothing else.
 */
public final class StartCaches {

    /** The JVM writes its cache when it ends; on a slow or busy machine that takes minutes, and it is done once. */
    private static final Duration WRITTEN_WITHIN = Duration.ofMinutes(6);

    private static final Duration CHECKED_WITHIN = Duration.ofSeconds(30);

    private static final String CACHE = "app.aot";
    private static final String JAR = "quarkus-run.jar";
    private static final String RECORDED = "app.aot.new";
    /** What the JVM writes first, and removes when it has made the cache of it; as large as that. */
    private static final String OBSERVED = RECORDED + ".config";

    /** Of a service's JVM; {@code app} is the folder of its jar. */
    static List<String> options(Path app, boolean recording) {
        Path folder = app.normalize();
        if (recording) {
            // No profiles: with them the second compiler begins at once with what is needed once.
            return List.of("-XX:AOTCacheOutput=" + folder.resolve(RECORDED), "-XX:TieredStopAtLevel=1");
        }
        return isFresh(folder) ? List.of("-XX:AOTCache=" + folder.resolve(CACHE), "-Xlog:aot*=off") : List.of();
    }

    /** Whether every service has a cache that was written after it was built. */
    public static boolean areFresh(Installation installation) {
        return apps(installation).allMatch(StartCaches::isFresh);
    }

    private static Stream<Path> apps(Installation installation) {
        return ServiceProcesses.ALL.stream()
                .map(service -> installation.root().resolve(service).resolve("target/quarkus-app"));
    }

    private static boolean isFresh(Path app) {
        try (Stream<Path> jars = Files.walk(app)) {
            Path cache = app.resolve(CACHE);
            if (!Files.exists(cache)) {
                return false;
            }
            var written = Files.getLastModifiedTime(cache);
            for (Path jar :
                    jars.filter(file -> file.toString().endsWith(".jar")).toList()) {
                if (Files.getLastModifiedTime(jar).compareTo(written) > 0) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Runs the suite for some seconds and keeps what its JVMs recorded.
     *
     * @param home a state folder for nothing else; it is removed in the end, and what an interrupted call left in it is ended
     * @param unpacked where unpacked programs are kept
     */
    public static void make(Installation installation, Path home, Path unpacked)
            throws IOException, InterruptedException {
        Home of = new Home(home);
        Suite.endLeftovers(of);
        Folders.remove(of.root(), Home.MARKER);
        removeUnfinished(installation);
        try {
            record(new Suite(of, new Installation(installation.root(), true), unpacked, Wiring.DIRECT), of);
            for (Path app : apps(installation).toList()) {
                Path recorded = app.resolve(RECORDED);
                if (!isUsable(app, recorded)) {
                    throw new IOException("no start cache was recorded in " + app);
                }
                Files.move(
                        recorded,
                        app.resolve(CACHE),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            removeUnfinished(installation);
        }
    }

    private static void removeUnfinished(Installation installation) throws IOException {
        for (Path app : apps(installation).toList()) {
            Files.deleteIfExists(app.resolve(RECORDED));
            Files.deleteIfExists(app.resolve(OBSERVED));
        }
    }

    private static void record(Suite suite, Home of) throws IOException, InterruptedException {
        Thread onExit = new Thread(suite::close, "stop-recording");
        Runtime.getRuntime().addShutdownHook(onExit);
        try {
            suite.start(line -> {});
            use(SuiteFile.of(of));
            suite.stopServices(WRITTEN_WITHIN);
        } finally {
            suite.close();
        }
        Runtime.getRuntime().removeShutdownHook(onExit);
        Folders.remove(of.root(), Home.MARKER);
    }

    /** Whether this JVM starts a service, whose jar is in {@code app}, from its cache; what it refuses it says nowhere else. */
    public static boolean isUsable(Path app) throws IOException, InterruptedException {
        return isUsable(app, app.resolve(CACHE));
    }

    private static boolean isUsable(Path app, Path cache) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ServiceProcesses.JVM_OPTIONS);
        command.addAll(List.of("-XX:AOTMode=on", "-XX:AOTCache=" + cache));
        command.addAll(List.of("-cp", app.resolve(JAR).toString(), "-version"));
        Process java = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return java.waitFor(CHECKED_WITHIN) && java.exitValue() == 0;
        } finally {
            java.destroyForcibly();
        }
    }

    /** What nearly every job needs once: the queue, a vault, its store and its keys. */
    private static void use(SuiteFile suite) throws IOException, InterruptedException {
        String token = Files.readString(Path.of(suite.adminTokenFile())).strip();
        Credentials keys = Credentials.read(Path.of(suite.objectsCredentialsFile()));
        try (CatalogClient catalog = new CatalogClient(CatalogAddress.of(suite.catalog(), new BearerToken(token)))) {
            UUID job = catalog.addVault(new VaultSpec(
                            "recording",
                            "s3+" + suite.objects() + "/" + suite.bucket() + "/vault",
                            keys.accessKey(),
                            keys.secretKey(),
                            "for as long as it is recorded"))
                    .job()
                    .id();
            Waiting.until(() -> ended(catalog, job), Duration.ofMinutes(1));
            catalog.points(null, null);
        }
    }

    private static boolean ended(CatalogClient catalog, UUID job) {
        try {
            return catalog.job(job).endedAt() != null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** {@code ROOT HOME UNPACKED}: of a build that was just made. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Installation installation = new Installation(Path.of(arguments[0]));
        if (!areFresh(installation)) {
            make(installation, Path.of(arguments[1]), Path.of(arguments[2]));
        }
    }

    private StartCaches() {}
}
