package io.holdfast.snapshot.persistence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What makes one process at a time the one that acts on hypervisors: a session's advisory lock of PostgreSQL. It ends with its
 * connection, so with its process at once, and with its machine within 11 s. It needs a connection of its
 * own to the server, not through a pooler that shares sessions. Thread-safe.
 */
public final class DatabaseLease implements AutoCloseable {

    /** Whose it is. */
    public enum Holder {
        US,
        /** Another process. */
        OTHER,
        /** The database does not answer; whoever had it has it, or nobody. */
        UNKNOWN
    }

    /** "HoldSnap": the catalog takes another one. */
    private static final long KEY = 0x486f6c64536e6170L;

    /** After 5 s of silence and 3 questions the server gives up a client whose machine vanished. */
    private static final String KEEPALIVE =
            "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3";

    private static final int ANSWER_SECONDS = 5;

    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private @Nullable Connection connection;

    public DatabaseLease(String url, String user, String password) {
        database.setURL(url);
        database.setUser(user);
        database.setPassword(password);
        database.setConnectTimeout(ANSWER_SECONDS);
        database.setSocketTimeout(ANSWER_SECONDS);
        database.setTcpKeepAlive(true);
        database.setOptions(KEEPALIVE);
        database.setApplicationName("holdfast-lease");
    }

    /** Takes it if nobody has it, keeps it if it is ours; the answer is never from memory. */
    public synchronized Holder hold() {
        try {
            if (connection != null) {
                ask(connection, "select true");
                return Holder.US;
            }
        } catch (SQLException e) {
            close();
        }
        try {
            Connection fresh = database.getConnection();
            connection = fresh;
            if (ask(fresh, "select pg_try_advisory_lock(" + KEY + ")")) {
                return Holder.US;
            }
            close();
            return Holder.OTHER;
        } catch (SQLException e) {
            close();
            return Holder.UNKNOWN;
        }
    }

    private static boolean ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() && row.getBoolean(1);
        }
    }

    /** Lets it go. */
    @Override
    public synchronized void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It was broken already: then the server lets go by itself.
            }
            connection = null;
        }
    }
}
