package io.holdfast.local.suite;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All parts of the suite on one machine, started in order and kept alive. One thread starts it, any may close it. */
public final class Suite implements AutoCloseable {

    private static final Duration FIRST_ANSWER = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final Home home;
    private final Installation installation;
    private final Path cache;
    private final Wiring wiring;
    private final Map<String, String> starter;
    private final ProcessLedger ledger;
    private final List<SupervisedProcess> processes = new ArrayList<>();
    private boolean closed;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** One that has nothing of its starter's environment. */
    public Suite(Home home, Installation installation, Path cache, Wiring wiring) {
        this(home, installation, cache, wiring, Map.of());
    }

    /** @param starter the environment of whoever starts it, of which services get what leads them to hypervisors */
    Suite(Home home, Installation installation, Path cache, Wiring wiring, Map<String, String> starter) {
        this.home = home.create();
        this.installation = installation;
        this.cache = cache;
        this.wiring = wiring;
        this.starter = starter;
        this.ledger = new ProcessLedger(home);
    }

    /** Ends what a supervisor that was killed left running. */
    public static void endLeftovers(Home home) {
        new ProcessLedger(home).endAll(GRACE);
    }

    /** Starts everything and returns when every part answers. {@code say} gets a line for people at each step. */
    public void start(Consumer<String> say) throws IOException, InterruptedException {
        ledger.endAll(GRACE);
        Home.privateFile(home.buildFile(), installation.root().toString());
        List<String> names = new ArrayList<>(List.of(Ports.POSTGRES, Ports.OBJECTS));
        names.addAll(ServiceProcesses.ALL);
        names.addAll(wiring.moreWorkers());
        Ports ports = Ports.keptIn(home, names);
        Secrets secrets = new Secrets(home);
        PostgresServer postgres = new PostgresServer(home, secrets, ports.of(Ports.POSTGRES), cache);
        ObjectServer objects = new ObjectServer(home, secrets, installation, ports.of(Ports.OBJECTS));
        ServiceProcesses services = new ServiceProcesses(home, secrets, installation, ports, postgres, wiring, starter);

        say.accept("starting PostgreSQL and the S3 server");
        run(objects.process().with(wiring.objectStore()));
        postgres.initialise();
        run(postgres.process());
        postgres.prepare(FIRST_ANSWER);
        say.accept("starting the services");
        run(services.of(ServiceProcesses.CATALOG));
        // The catalog is the issuer of the tokens that the others present.
        await("the catalog's tokens", () -> Files.exists(home.adminToken()));
        for (String service : ServiceProcesses.ALL) {
            if (!service.equals(ServiceProcesses.CATALOG)) {
                run(services.of(service));
            }
        }
        for (String worker : wiring.moreWorkers()) {
            run(services.worker(worker));
        }
        await("the S3 server", objects::listens);
        for (String service : ServiceProcesses.ALL) {
            await(service, () -> isReady(ports.url(service)));
        }
        Json.write(
                home.suiteFile(),
                new SuiteFile(
                        ports.url(ServiceProcesses.CATALOG),
                        home.adminToken().toString(),
                        ports.url(Ports.OBJECTS),
                        ObjectServer.BUCKET,
                        objects.credentialsFile().toString(),
                        ProcessHandle.current().pid()));
    }

    /** Stops the services at the same time, while they have nothing to do; each may take {@code grace} for what it writes. */
    void stopServices(Duration grace) throws InterruptedException {
        List<Thread> stops = new ArrayList<>();
        for (SupervisedProcess process : processes) {
            if (ServiceProcesses.ALL.contains(process.name())) {
                stops.add(Thread.ofVirtual().start(() -> process.stop(grace)));
            }
        }
        for (Thread stop : stops) {
            stop.join();
        }
    }

    /** Stops everything, the last started first; what is still starting does not start any more. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        try {
            Files.deleteIfExists(home.suiteFile());
            Files.deleteIfExists(home.buildFile());
        } catch (IOException e) {
            System.err.println("holdfast: " + home.suiteFile() + " could not be removed: " + e.getMessage());
        }
        for (SupervisedProcess process : processes.reversed()) {
            process.stop(GRACE);
        }
        SocketFolder.removeDead(home.nbd());
    }

    /** The process of a part, by the part's name, if it runs now. */
    public synchronized Optional<ProcessHandle> process(String part) {
        return processes.stream()
                .filter(p -> p.name().equals(part))
                .flatMap(p -> Stream.ofNullable(p.running()))
                .findFirst();
    }

    private synchronized void run(ProcessSpec spec) throws IOException {
        if (closed) {
            throw new IOException("it was asked to end while it started");
        }
        SupervisedProcess process = new SupervisedProcess(spec, home, ledger);
        processes.add(process);
        process.start();
    }

    private void await(String what, java.util.function.BooleanSupplier condition)
            throws IOException, InterruptedException {
        if (!Waiting.until(condition, FIRST_ANSWER)) {
            throw new IOException(
                    what + " did not answer within " + FIRST_ANSWER.toSeconds() + " s; the logs are in " + home.logs());
        }
    }

    private boolean isReady(String url) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/q/health/ready"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
