package io.holdfast.systemtests.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.cli.http.BearerToken;
import io.holdfast.cli.http.CatalogAddress;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.local.guest.OwnLibvirt;
import io.holdfast.local.guest.Virsh;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.Suite;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Wiring;
import io.holdfast.storage.Credentials;
import io.holdfast.systemtests.Quick;
import io.holdfast.testkit.nbd.Certificates;
import io.holdfast.testkit.qemu.OwnLibvirtForTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A suite of processes, a libvirt of its own with one pool, a source and a vault; started once for all test classes that ask
 * for it ({@link OnTheGround} and a parameter of this type), ended after the last.
 */
public final class Ground implements AutoCloseable {

    /** The source's name in the catalog. */
    public static final String SOURCE = "lab";
    /** A vault in the suite's S3 server. */
    public static final String VAULT = "s3";
    /** The pool with the virtual machines' disks. */
    public static final String POOL = "disks";

    private final Path folder;
    private final Home home;
    private final OwnLibvirt libvirt;
    private final Suite suite;
    private final CatalogClient catalog;
    private final Front front;

    private Ground(Path folder, Home home, OwnLibvirt libvirt, Suite suite, CatalogClient catalog) {
        this.folder = folder;
        this.home = home;
        this.libvirt = libvirt;
        this.suite = suite;
        this.catalog = catalog;
        this.front = new Front(catalog);
    }

    /** Gives tests the one ground; after each class no service may have said that something left it unhandled. */
    public static final class Once implements ParameterResolver, AfterAllCallback {
        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Ground.class);
        private static final AtomicLong CLASSES = new AtomicLong();

        /** How many classes are still to run here. */
        static void expect(long classes) {
            CLASSES.set(classes);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Ground.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            // The root's store closes what is in it after the last test.
            return context.getRoot().getStore(NAMESPACE).computeIfAbsent("ground", key -> started(), Ground.class);
        }

        @Override
        public void afterAll(ExtensionContext context) throws IOException {
            boolean last = CLASSES.decrementAndGet() == 0;
            Ground ground = context.getRoot().getStore(NAMESPACE).get("ground", Ground.class);
            if (ground == null) {
                return;
            }
            try {
                assertThat(ground.unhandled())
                        .as("errors that no service expected")
                        .isEmpty();
            } finally {
                if (last) {
                    context.getRoot().getStore(NAMESPACE).remove("ground");
                    ground.close();
                }
            }
        }

        private static Ground started() {
            try {
                return Ground.start();
            } catch (IOException e) {
                throw new IllegalStateException("the suite did not start", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the suite started", e);
            }
        }
    }

    private static Ground start() throws IOException, InterruptedException {
        // Not below the build folder: sockets need a short path.
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "hy");
        Home home = new Home(folder.resolve("h"));
        OwnLibvirt libvirt = OwnLibvirt.in(folder.resolve("lv"));
        OwnLibvirtForTests.quicken(folder.resolve("lv"));
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "holdfast");
        Path certificates = Certificates.make(folder.resolve("tls"), "ec", "IP:127.0.0.1,IP:127.0.0.2");
        Suite suite = new Suite(home, new Installation(projectRoot()), cache, new GroundWiring(certificates));
        // Also when the tests are ended from outside.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(suite, libvirt), "end-ground"));
        libvirt.start();
        Files.createDirectory(folder.resolve("disks"));
        libvirt.virsh().directoryPool(POOL, folder.resolve("disks"));
        suite.start(System.out::println);
        SuiteFile said = SuiteFile.of(home);
        Ground ground = new Ground(folder, home, libvirt, suite, client(said, said.adminTokenFile()));
        ground.catalog.addSource(new SourceSpec(SOURCE, libvirt.uri(), null, null, "unix"));
        ground.front.finish(ground.catalog.addVault(ground.s3(VAULT, "first")).job());
        return ground;
    }

    /** Cheap keys, short-lived JVMs, and a way for hypervisors on other machines, at any free port. */
    private record GroundWiring(Path certificates) implements Wiring {

        @Override
        public Map<String, String> environment(String service, Map<String, String> usual) {
            Map<String, String> environment = new HashMap<>(usual);
            environment.putAll(Quick.jvm(service));
            environment.putAll(Quick.KEYS);
            environment.put("HOLDFAST_NBD_TLS_DIRECTORY", certificates.toString());
            environment.put("HOLDFAST_RESTORE_ADVERTISED_HOST", "127.0.0.1");
            environment.put("HOLDFAST_RESTORE_TLS_HOST", "127.0.0.1");
            environment.put("HOLDFAST_RESTORE_TLS_PORT", "0");
            return environment;
        }

        @Override
        public Map<String, String> objectStore() {
            return Quick.jvm("object-store");
        }
    }

    /** The folder that holds the modules: the working folder of a test run is this module's. */
    private static Path projectRoot() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("catalog-service"))
                ? here
                : here.resolve("..").normalize();
    }

    private static CatalogClient client(SuiteFile suite, String tokenFile) throws IOException {
        String token = Files.readString(Path.of(tokenFile)).strip();
        return new CatalogClient(CatalogAddress.of(suite.catalog(), new BearerToken(token)));
    }

    /** What it takes to add a vault with this prefix in the suite's bucket. */
    public VaultSpec s3(String name, String prefix) throws IOException {
        SuiteFile said = SuiteFile.of(home);
        Credentials keys = Credentials.read(Path.of(said.objectsCredentialsFile()));
        return new VaultSpec(
                name,
                "s3+" + said.objects() + "/" + said.bucket() + "/" + prefix,
                keys.accessKey(),
                keys.secretKey(),
                null);
    }

    /** The front door with the admin's token. */
    public CatalogClient catalog() {
        return catalog;
    }

    /** The same, with jobs followed to their ends. */
    public Front front() {
        return front;
    }

    public OwnLibvirt libvirt() {
        return libvirt;
    }

    public Virsh virsh() {
        return libvirt.virsh();
    }

    /** The suite's state folder. */
    public Home home() {
        return home;
    }

    /** Certificates of one authority for everybody on this machine, as QEMU and libvirt name them. */
    public Path certificates() {
        return folder.resolve("tls");
    }

    /** The pool's folder. */
    public Path disks() {
        return folder.resolve("disks");
    }

    /** A folder for a test's own files, made when absent; removed at the end. */
    public Path scratch(String name) throws IOException {
        return Files.createDirectories(folder.resolve("own").resolve(name));
    }

    /** Names of the files in the pool's folder. */
    public List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(disks())) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    /** Lines of the services' logs about exceptions that reached Quarkus itself. */
    private List<String> unhandled() throws IOException {
        try (Stream<Path> logs = Files.list(home.logs())) {
            List<String> found = new ArrayList<>();
            for (Path log : logs.filter(f -> f.toString().endsWith(".log")).toList()) {
                Files.readAllLines(log).stream()
                        .filter(line -> line.contains("QuarkusErrorHandler"))
                        // Said by Quarkus after its own 413 for a body that is too long and did not say so.
                        .filter(line -> !line.contains("Response has already been written"))
                        .forEach(found::add);
            }
            return found;
        }
    }

    @Override
    public void close() throws IOException {
        catalog.close();
        end(suite, libvirt);
        if (Boolean.getBoolean("holdfast.keep")) {
            System.out.println("kept: " + folder);
            return;
        }
        deleteTree(folder);
    }

    /** Removes a folder with everything in it. */
    public static void deleteTree(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void end(Suite suite, OwnLibvirt libvirt) {
        suite.close();
        try {
            libvirt.close();
        } catch (IOException e) {
            System.err.println("the tests' libvirt did not end: " + e.getMessage());
        }
    }
}
