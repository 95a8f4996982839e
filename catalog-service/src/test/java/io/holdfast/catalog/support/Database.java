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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The service's database from the side: moves clocks, counts rows. */
public final class Database {

    private static final String[] TABLES = {
        "audit", "outbox", "restore_point", "resource_lock", "job_attempt", "job", "vault"
    };

    private static @Nullable Connection kept;

    public static Connection connect() throws SQLException {
        Map<String, String> settings = Parts.settings();
        return DriverManager.getConnection(
                settings.getOrDefault("quarkus.datasource.jdbc.url", ""), "postgres", "postgres");
    }

    /**
     * Empties every table; the service's own periodic work may hold a row for a moment. Row by row: there are few, and a
     * truncation makes every file of the tables anew.
     */
    public static void clear() {
        String all = Stream.of(TABLES).map(table -> "delete from " + table).collect(Collectors.joining("; "));
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
            run("begin; set local lock_timeout = '1s'; " + all + "; commit");
            return true;
        });
    }

    public static int run(String sql) {
        return with(statement -> statement.executeUpdate(sql));
    }

    /** The first column of the first row, as text. */
    public static String text(String sql) {
        return with(statement -> {
            try (ResultSet row = statement.executeQuery(sql)) {
                return row.next() ? String.valueOf(row.getString(1)) : "";
            }
        });
    }

    private interface Work<T> {
        T on(Statement statement) throws SQLException;
    }

    /** On a connection that is kept, as long as nothing fails on it. */
    private static synchronized <T> T with(Work<T> work) {
        try {
            Connection connection = kept != null && kept.isValid(1) ? kept : connect();
            kept = null;
            try (Statement statement = connection.createStatement()) {
                T result = work.on(statement);
                kept = connection;
                return result;
            } finally {
                if (kept == null) {
                    connection.close();
                }
            }
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
