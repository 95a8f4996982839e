package io.holdfast.catalog.support;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The service's database from the side: moves clocks, counts rows. */
public final class Database {

    private static final String[] TABLES = {
        "audit", "outbox", "restore_point", "resource_lock", "job_attempt", "job", "vault"
    };

    public static Connection connect() throws SQLException {
        Map<String, String> settings = Parts.settings();
        return DriverManager.getConnection(
                settings.getOrDefault("quarkus.datasource.jdbc.url", ""), "postgres", "postgres");
    }

    /** Empties every table; the service's own periodic work may hold a row for a moment. */
    public static void clear() {
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            run("set lock_timeout = '1s'; truncate " + String.join(", ", TABLES));
            return true;
        });
    }

    public static int run(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the first row, as text. */
    public static String text(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public static long count(String table) {
        return Long.parseLong(text("select count(*) from " + table));
    }

    /** How many rows each table has. */
    public static Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String table : TABLES) {
            counts.put(table, count(table));
        }
        return counts;
    }

    private Database() {}
}
