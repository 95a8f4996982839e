package io.holdfast.local.suite;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How each of the four services is started on one machine. Secrets go through files and the environment, never arguments. */
final class ServiceProcesses {

    static final String CATALOG = "catalog-service";
    static final String SNAPSHOT = "snapshot-service";
    static final String WORKER = "backup-worker";
    static final String RESTORE = "restore-service";

    /** In the order they are started; they stop in the opposite one. */
    static final List<String> ALL = List.of(CATALOG, SNAPSHOT, WORKER, RESTORE);

    /** Of every service; a start cache is only for a JVM with the same ones. */
    static final List<String> JVM_OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=64m",
            // What a start loads is more than the JVM's first threshold: three collections of everything are saved.
            "-XX:MetaspaceSize=128m",
            // Without memory a service does half of what it is to do; started anew it does all.
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    /** What services have of the environment of whoever starts the suite. */
    private static final Map<String, List<String>> PASSED =
            Map.of(SNAPSHOT, RemoteHosts.OF_SNAPSHOT, WORKER, RemoteHosts.OF_WORKER, RESTORE, RemoteHosts.OF_RESTORE);

    /** Services with a database of their own. */
    private static final Map<String, String> DATABASE = Map.of(CATALOG, "catalog", SNAPSHOT, "snapshot");

    private final Home home;
    private final Secrets secrets;
    private final Installation installation;
    private final Ports ports;
    private final PostgresServer postgres;
    private final Wiring wiring;
    private final Map<String, String> starter;

    /** @param starter the environment of whoever starts the suite */
    ServiceProcesses(
            Home home,
            Secrets secrets,
            Installation installation,
            Ports ports,
            PostgresServer postgres,
            Wiring wiring,
            Map<String, String> starter) {
        this.home = home;
        this.secrets = secrets;
        this.installation = installation;
        this.ports = ports;
        this.postgres = postgres;
        this.wiring = wiring;
        this.starter = starter;
    }

    ProcessSpec of(String service) {
        return of(service, service);
    }

    /** A worker beside the usual one. */
    ProcessSpec worker(String name) {
        return of(WORKER, name);
    }

    private ProcessSpec of(String service, String name) {
        Map<String, String> environment = new HashMap<>();
        environment.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(ports.of(name)));
        environment.put("HOLDFAST_CATALOG_URL", ports.url(CATALOG));
        environment.put("HOLDFAST_SNAPSHOT_URL", ports.url(SNAPSHOT));
        environment.put("HOLDFAST_ISSUER_DIRECTORY", home.issuer().toString());
        environment.put("HOLDFAST_AUTH_KEYS", "file:" + home.issuer().resolve("issuer-public.pem"));
        environment.put(
                "HOLDFAST_TOKEN_FILE", home.issuer().resolve(service + ".jwt").toString());
        environment.put(
                "HOLDFAST_SEAL_KEY_FILE", secrets.keyFile("seal-" + service).toString());
        environment.put("HOLDFAST_NBD_DIRECTORY", home.nbd().toString());
        passTo(service, environment);
        String database = DATABASE.get(service);
        if (database != null) {
            environment.put("QUARKUS_DATASOURCE_JDBC_URL", postgres.jdbcUrl(database));
            environment.put("QUARKUS_DATASOURCE_USERNAME", database);
            environment.put("QUARKUS_DATASOURCE_PASSWORD", postgres.password(database));
        }
        return new ProcessSpec(
                name,
                installation.service(service, jvmOptions(service)),
                wiring.environment(name, Map.copyOf(environment)),
                home.run(),
                false);
    }

    private void passTo(String service, Map<String, String> environment) {
        for (String name : PASSED.getOrDefault(service, List.of())) {
            String value = starter.get(name);
            if (value != null && !value.isBlank()) {
                environment.put(name, value);
            }
        }
    }

    private static List<String> jvmOptions(String service) {
        // The worker and the restore-service move the bytes: more heap, still within 512 MiB resident.
        String heap = WORKER.equals(service) || RESTORE.equals(service) ? "-Xmx288m" : "-Xmx224m";
        return Stream.concat(Stream.of(heap), JVM_OPTIONS.stream()).toList();
    }
}
