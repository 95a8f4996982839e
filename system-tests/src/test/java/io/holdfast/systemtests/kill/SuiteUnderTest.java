package io.holdfast.systemtests.kill;

import io.holdfast.api.source.SourceSpec;
import io.holdfast.api.vault.VaultSpec;
import io.holdfast.cli.http.BearerToken;
import io.holdfast.cli.http.CatalogAddress;
import io.holdfast.cli.http.CatalogClient;
import io.holdfast.local.guest.Command;
import io.holdfast.local.suite.Home;
import io.holdfast.local.suite.Installation;
import io.holdfast.local.suite.Suite;
import io.holdfast.local.suite.SuiteFile;
import io.holdfast.local.suite.Wiring;
import io.holdfast.storage.Credentials;
import io.holdfast.systemtests.Quick;
import io.holdfast.testkit.proxy.Hold;
import io.holdfast.testkit.proxy.HoldingProxy;
import io.holdfast.testkit.qemu.OwnLibvirtForTests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The suite as its launcher runs it, supervised, with a proxy on every link, one source and one vault. */
final class SuiteUnderTest implements Wiring, AutoCloseable {

    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final String SOURCE = "lab";
    static final String VAULT = "safe";

    private static final String PASSPHRASE = "a passphrase of the tests";

    static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Recovery in seconds instead of minutes, packs and journals for disks of a few MiB. */
    private static final Map<String, String> SMALL = Map.of(
            "HOLDFAST_JOBS_LEASE_SECONDS", "5",
            "HOLDFAST_JOBS_BACKOFF_FIRST", "200ms",
            "HOLDFAST_JOBS_BACKOFF_MOST", "1s",
            "HOLDFAST_JOBS_TICK", "300ms",
            "HOLDFAST_SNAPSHOT_REAP_EVERY", "2s",
            "HOLDFAST_WORKER_PACK_SIZE", "1M",
            "HOLDFAST_WORKER_JOURNAL_EVERY", "2M");

    private static final Pattern RUNNING = Pattern.compile("\"running\" *: *([0-9]+)");

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final int number = COUNT.incrementAndGet();
    private final List<String> moreWorkers;
    private final Map<String, String> more;
    private final @Nullable TightScratch scratch;
    private final OwnLibvirtForTests libvirt = new OwnLibvirtForTests();
    private final Links links = new Links();
    private final Map<String, String> urls = new ConcurrentHashMap<>();
    private volatile Database database = Database.of(Map.of());
    private final HttpClient http = HttpClient.newHttpClient();
    private final Home home;
    private final Suite suite;
    private final CatalogClient catalog;
    private final Hold multipart;
    private boolean closed;
    /** Nothing stays when the build is ended from outside. */
    private final Thread onExit = new Thread(this::end, "end-suite");

    SuiteUnderTest() throws IOException, InterruptedException {
        this(null, List.of(), Map.of());
    }

    /** A suite with workers beside the usual one, and leases of this many seconds. */
    static SuiteUnderTest withWorkers(int leaseSeconds, String... moreWorkers)
            throws IOException, InterruptedException {
        return new SuiteUnderTest(
                null, List.of(moreWorkers), Map.of("HOLDFAST_JOBS_LEASE_SECONDS", Integer.toString(leaseSeconds)));
    }

    /** A suite whose source has a limit for scratch, and a pool for it that has only so many bytes. */
    static SuiteUnderTest withScratch(long poolBytes, long limitBytes) throws IOException, InterruptedException {
        return new SuiteUnderTest(new TightScratch(poolBytes, limitBytes), List.of(), Map.of());
    }

    private SuiteUnderTest(@Nullable TightScratch scratch, List<String> moreWorkers, Map<String, String> more)
            throws IOException, InterruptedException {
        this.moreWorkers = moreWorkers;
        this.more = more;
        this.scratch = scratch;
        libvirt.start();
        Runtime.getRuntime().addShutdownHook(onExit);
        home = new Home(libvirt.folder().resolve("hf"));
        suite = new Suite(home, new Installation(ROOT), cache(), this);
        try {
            suite.start(line -> {});
            catalog = connect();
            multipart = links.seen(Link.WORKER_OBJECTS, "?uploads");
        } catch (IOException | InterruptedException | RuntimeException e) {
            System.err.println("the suite did not start: " + e + "; logs are in " + home.logs());
            suite.close();
            throw e;
        }
    }

    private CatalogClient connect() throws IOException, InterruptedException {
        SuiteFile file = SuiteFile.of(home);
        String token = Files.readString(Path.of(file.adminTokenFile())).strip();
        CatalogClient client = new CatalogClient(CatalogAddress.of(file.catalog(), new BearerToken(token)));
        Path pool = Files.createDirectory(libvirt.folder().resolve("pool"));
        libvirt.virsh().directoryPool("default", pool);
        Path socket = libvirt.folder().resolve("lv.sock");
        Path real = Path.of(libvirt.uri().substring(libvirt.uri().indexOf('=') + 1));
        links.put("snapshot-service", "libvirt", HoldingProxy.inFrontOf(real, socket));
        String uri = "qemu:///session?socket=" + socket;
        client.addSource(
                scratch == null
                        ? new SourceSpec(SOURCE, uri, null, null, "unix")
                        : new SourceSpec(SOURCE, uri, scratch.pool(libvirt), scratch.limitBytes(), "unix"));
        HoldingProxy objects = HoldingProxy.inFrontOf(URI.create(file.objects()).getPort());
        links.put("backup-worker", "object-store", objects);
        Credentials keys = Credentials.read(Path.of(file.objectsCredentialsFile()));
        var added = client.addVault(new VaultSpec(
                VAULT,
                "s3+http://127.0.0.1:" + objects.port() + "/" + file.bucket() + "/vault",
                keys.accessKey(),
                keys.secretKey(),
                PASSPHRASE));
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> client.job(added.job().id()).endedAt() != null);
        return client;
    }

    private static Path cache() {
        return Path.of(System.getProperty("user.home"), ".cache", "holdfast");
    }

    // ----- the wiring

    @Override
    public Map<String, String> environment(String service, Map<String, String> usual) {
        Map<String, String> env = new HashMap<>(usual);
        env.putAll(Quick.jvm(service));
        env.putAll(Quick.KEYS);
        env.putAll(SMALL);
        env.putAll(more);
        if (service.equals("snapshot-service")) {
            database = Database.of(usual);
        }
        if (service.equals("catalog-service")) {
            // What a catalog that is killed was just telling waits for the end of that call's deadline.
            env.put("HOLDFAST_SNAPSHOT_CONNECT_TIMEOUT", "2s");
            env.put("HOLDFAST_SNAPSHOT_READ_TIMEOUT", "12s");
        }
        urls.put(service, "http://127.0.0.1:" + env.get("QUARKUS_HTTP_PORT"));
        links.between(service, "catalog-service", "HOLDFAST_CATALOG_URL", env);
        links.between(service, "snapshot-service", "HOLDFAST_SNAPSHOT_URL", env);
        // Without server-side prepared statements every statement passes in full and can be recognised.
        if (links.between(service, "postgresql", "QUARKUS_DATASOURCE_JDBC_URL", env)) {
            env.merge("QUARKUS_DATASOURCE_JDBC_URL", "?prepareThreshold=0", String::concat);
        }
        return env;
    }

    @Override
    public Map<String, String> objectStore() {
        return Quick.jvm("object-store");
    }

    @Override
    public List<String> moreWorkers() {
        return moreWorkers;
    }

    // ----- the processes

    ProcessHandle process(String part) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> suite.process(part), Optional::isPresent)
                .orElseThrow();
    }

    /** {@code kill -9}; supervision starts it again. */
    void kill(String part) {
        ProcessHandle process = process(part);
        process.destroyForcibly();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Waits until every service is ready: an arrow begins on a calm suite. */
    void awaitReady() {
        Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(this::ready);
    }

    private boolean ready() throws InterruptedException {
        for (String url : urls.values()) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/q/health/ready"))
                        .timeout(Duration.ofSeconds(5))
                        .build();
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    // ----- what is looked at

    /** What stands between the parts. */
    Links links() {
        return links;
    }

    CatalogClient catalog() {
        return catalog;
    }

    OwnLibvirtForTests libvirt() {
        return libvirt;
    }

    Home home() {
        return home;
    }

    /** snapshot-service's, reached without the proxy. */
    Database database() {
        return database;
    }

    /** What is in the vault. */
    VaultObjects vault() {
        return new VaultObjects(home, PASSPHRASE);
    }

    /** Sends a signal, {@code STOP} or {@code CONT}, to a part. */
    void signal(String part, String signal) throws IOException, InterruptedException {
        Command.run(
                Duration.ofSeconds(5),
                List.of("kill", "-" + signal, Long.toString(process(part).pid())));
    }

    /** Whether anybody ever began a multipart upload. */
    boolean multipartSeen() {
        return multipart.isReached();
    }

    /** snapshot-service's own leak report, as JSON. */
    String leftovers() throws IOException, InterruptedException {
        return asWorker("snapshot-service", "/api/v1/leftovers");
    }

    /** How many attempts a worker says that it is running. */
    int runningJobs(String worker) throws IOException, InterruptedException {
        String said = asWorker(worker, "/api/v1/status");
        Matcher running = RUNNING.matcher(said);
        if (!running.find()) {
            throw new IOException(worker + " does not say what it runs: " + said);
        }
        return Integer.parseInt(running.group(1));
    }

    /** The answer of a service to somebody with the worker's token. */
    private String asWorker(String service, String path) throws IOException, InterruptedException {
        String token =
                Files.readString(home.issuer().resolve("backup-worker.jwt")).strip();
        HttpRequest request = HttpRequest.newBuilder(URI.create(urls.get(service) + path))
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(60))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        keepLogs();
        catalog.close();
        http.close();
        end();
        Runtime.getRuntime().removeShutdownHook(onExit);
    }

    private void end() {
        suite.close();
        links.close();
        try {
            if (scratch != null) {
                scratch.close();
            }
            libvirt.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For whoever has to find out why a test failed. */
    private void keepLogs() throws IOException {
        Path kept = Files.createDirectories(Path.of("target", "suite-logs", Integer.toString(number)));
        try (var logs = Files.list(home.logs())) {
            for (Path log : logs.toList()) {
                Files.copy(log, kept.resolve(log.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
