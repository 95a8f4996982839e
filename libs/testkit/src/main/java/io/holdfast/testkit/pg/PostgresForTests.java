package io.holdfast.testkit.pg;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A database of one's own on a real PostgreSQL. All databases of one test process share one server, which starts with the
 * first and ends with the process. Closing drops the database, also from under open connections.
 */
public final class PostgresForTests implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Object LOCK = new Object();
    private static @Nullable EmbeddedPostgres server;

    private final EmbeddedPostgres own;
    private final String name;

    private PostgresForTests(EmbeddedPostgres own, String name) {
        this.own = own;
        this.name = name;
    }

    /** Makes an empty database with a role of the same name that owns it. */
    public static PostgresForTests start() {
        String name = "t" + NUMBER.incrementAndGet();
        PostgresForTests database = new PostgresForTests(server(), name);
        database.administer("create role " + name + " login password '" + name + "'");
        database.administer("create database " + name + " owner " + name);
        return database;
    }

    /** The JDBC URL, without a user name. */
    public String jdbcUrl() {
        return String.format(Locale.ROOT, "jdbc:postgresql://127.0.0.1:%d/%s", own.getPort(), name);
    }

    /** The role that owns the database; no superuser. */
    public String username() {
        return name;
    }

    /** The role's password. */
    public String password() {
        return name;
    }

    @Override
    public void close() {
        administer("drop database if exists " + name + " with (force)");
        administer("drop role if exists " + name);
    }

    private void administer(String sql) {
        try (Connection connection = own.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL for tests refused: " + e.getMessage(), e);
        }
    }

    private static EmbeddedPostgres server() {
        synchronized (LOCK) {
            if (server == null) {
                try {
                    // Nothing here has to survive a loss of power.
                    server = EmbeddedPostgres.builder()
                            .setServerConfig("fsync", "off")
                            .setServerConfig("full_page_writes", "off")
                            .setServerConfig("synchronous_commit", "off")
                            .start();
                } catch (IOException e) {
                    throw new UncheckedIOException("PostgreSQL for tests did not start", e);
                }
            }
            return server;
        }
    }
}
