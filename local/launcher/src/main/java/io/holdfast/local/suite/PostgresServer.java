package io.holdfast.local.suite;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * PostgreSQL as a plain child process on a loopback port, with passwords, its data in the state folder and fsync on: the
 * catalog must survive a power cut. PostgreSQL refuses to run as root, so for root it runs in a user namespace of its own,
 * where it is somebody else to itself and root to the file system.
 */
final class PostgresServer {

    static final String PART = "postgresql";

    /** Databases, each with a role of the same name that owns it. */
    static final List<String> DATABASES = List.of("catalog", "snapshot");

    private final Home home;
    private final Secrets secrets;
    private final int port;
    private final Path binaries;

    PostgresServer(Home home, Secrets secrets, int port, Path cache) {
        this.home = home;
        this.secrets = secrets;
        this.port = port;
        this.binaries = PostgresBinaries.unpackInto(cache);
    }

    /**
     * Makes the data folder if this is the first start: beside its place, so that one that was cut off is made anew and never
     * taken for a whole one.
     */
    void initialise() throws IOException, InterruptedException {
        if (Files.exists(data())) {
            return;
        }
        Path data = data().resolveSibling("data.new");
        deleteFolder(data);
        Path password = home.secrets().resolve("postgres");
        secrets.password("postgres");
        List<String> command = asNobody();
        command.addAll(List.of(
                program("initdb"),
                "-D",
                data.toString(),
                "-U",
                "postgres",
                "--auth=scram-sha-256",
                "--pwfile",
                password.toString(),
                "-E",
                "UTF8",
                "--locale=C",
                "--data-checksums"));
        Path log = home.logs().resolve("initdb.log");
        Home.privateFile(log, "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile()));
        builder.environment().put(ProcessLedger.MARK, home.root().toString());
        int code = builder.start().waitFor();
        if (code != 0) {
            throw new IOException("PostgreSQL's data folder could not be made; see " + log);
        }
        // initdb has written every file through to the disk.
        Folders.publish(data, data());
    }

    private static void deleteFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    ProcessSpec process() {
        List<String> command = asNobody();
        command.addAll(List.of(program("postgres"), "-D", data().toString(), "-p", Integer.toString(port)));
        setting(command, "listen_addresses", "127.0.0.1");
        setting(command, "unix_socket_directories", "");
        setting(command, "max_connections", "60");
        setting(command, "shared_buffers", "48MB");
        setting(command, "logging_collector", "off");
        return new ProcessSpec(PART, command, Map.of(), data(), false);
    }

    /** Waits until it answers, and makes the databases and roles that are missing. */
    void prepare(Duration deadline) throws IOException, InterruptedException {
        if (!Waiting.until(this::answers, deadline)) {
            throw new IOException("PostgreSQL did not answer within " + deadline.toSeconds() + " s; see "
                    + home.logs().resolve("postgresql.log"));
        }
        try (Connection admin = connect("postgres", "postgres")) {
            for (String name : DATABASES) {
                createIfAbsent(admin, name);
            }
        } catch (SQLException e) {
            throw new IOException("PostgreSQL's databases could not be made: " + e.getMessage(), e);
        }
    }

    String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    String password(String role) {
        return secrets.password("postgres".equals(role) ? role : "postgres-" + role);
    }

    private void createIfAbsent(Connection admin, String name) throws SQLException {
        // The names are constants of this class and the password is letters and digits: nothing to escape.
        try (Statement sql = admin.createStatement()) {
            if (!exists(sql, "select 1 from pg_roles where rolname = '" + name + "'")) {
                sql.execute("create role " + name + " login password '" + password(name) + "'");
            }
            if (!exists(sql, "select 1 from pg_database where datname = '" + name + "'")) {
                sql.execute("create database " + name + " owner " + name);
            }
        }
    }

    private static boolean exists(Statement sql, String query) throws SQLException {
        try (ResultSet rows = sql.executeQuery(query)) {
            return rows.next();
        }
    }

    private boolean answers() {
        try (Connection connection = connect("postgres", "postgres")) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    private Connection connect(String database, String role) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("password", password(role));
        properties.setProperty("connectTimeout", "2");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    private Path data() {
        return home.postgres().resolve("data");
    }

    private String program(String name) {
        return binaries.resolve("bin").resolve(name).toString();
    }

    private static void setting(List<String> command, String name, String value) {
        command.add("-c");
        command.add(name + "=" + value);
    }

    private static List<String> asNobody() {
        return "root".equals(System.getProperty("user.name"))
                ? new ArrayList<>(List.of("unshare", "-U", "--map-user=1000", "--map-group=1000"))
                : new ArrayList<>();
    }
}
