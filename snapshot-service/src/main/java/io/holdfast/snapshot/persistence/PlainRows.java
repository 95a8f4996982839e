package io.holdfast.snapshot.persistence;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holdfast.api.problem.ApiException;
import io.holdfast.api.problem.ErrorCode;
import io.holdfast.api.source.SourceCredentials;
import io.holdfast.snapshot.app.Rows;
import io.holdfast.snapshot.domain.Source;
import io.holdfast.snapshot.domain.View;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What guarding guests takes of the rows, read and written with nothing that has to be started first. In a schema that is
 * not this version's nothing is read and nothing changed. Thread-safe.
 */
public final class PlainRows implements Rows.Guarded {

    /** The version of the newest migration. */
    public static final String SCHEMA = "41";

    private static final String NO_SUCH_TABLE = "42P01";
    private static final int CONNECT_SECONDS = 5;
    private static final int ANSWER_SECONDS = 10;

    private final PGSimpleDataSource database = new PGSimpleDataSource();
    private final CredentialSeal seal;
    private final Documents documents = new Documents(JsonMapper.builder()
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build());

    public PlainRows(String url, String user, String password, CredentialSeal seal) {
        database.setURL(url);
        database.setUser(user);
        database.setPassword(password);
        database.setConnectTimeout(CONNECT_SECONDS);
        database.setSocketTimeout(ANSWER_SECONDS);
        this.seal = seal;
    }

    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private interface Reading<T> {
        T row(ResultSet row) throws SQLException;
    }

    /** All sources, with what opens them, as far as it can be read. */
    public List<Source> sources() {
        return inTransaction(c -> list(c, """
                select id, name, uri, driver, scratch_pool, scratch_limit_bytes, nbd, state, detail, created_at, credentials
                from source order by name""", this::source));
    }

    @Override
    public List<View> unclosed() {
        return inTransaction(c -> current(c)
                ? list(
                        c,
                        "select document from frozen_view where phase <> 'CLOSED' order by created_at",
                        row -> documents.read(row.getString(1), View.class))
                : List.of());
    }

    @Override
    public View change(UUID moment, UnaryOperator<View> how) {
        return inTransaction(c -> {
            View changed = how.apply(locked(c, moment));
            try (PreparedStatement write =
                    c.prepareStatement("update frozen_view set phase = ?, document = ? where moment = ?")) {
                write.setString(1, changed.phase().name());
                write.setString(2, documents.write(changed));
                write.setObject(3, moment);
                write.executeUpdate();
            }
            return changed;
        });
    }

    private View locked(Connection c, UUID moment) throws SQLException {
        try (PreparedStatement read =
                c.prepareStatement("select document from frozen_view where moment = ? for update")) {
            read.setObject(1, moment);
            try (ResultSet row = read.executeQuery()) {
                if (!row.next()) {
                    throw new ApiException(ErrorCode.VIEW_NOT_FOUND, "This view is not known.");
                }
                return documents.read(row.getString(1), View.class);
            }
        }
    }

    private Source source(ResultSet row) throws SQLException {
        UUID id = row.getObject("id", UUID.class);
        byte[] sealed = row.getBytes("credentials");
        Optional<SourceCredentials> opened = sealed == null ? Optional.empty() : seal.open(id, sealed);
        return new Source(
                id,
                row.getString("name"),
                row.getString("uri"),
                row.getString("driver"),
                row.getString("scratch_pool"),
                row.getObject("scratch_limit_bytes", Long.class),
                row.getString("nbd"),
                row.getString("state"),
                row.getString("detail"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                opened.orElse(null),
                sealed != null && opened.isEmpty());
    }

    private static boolean current(Connection c) throws SQLException {
        String newest = "select version from flyway_schema_history where success order by installed_rank desc limit 1";
        try {
            return list(c, newest, row -> row.getString(1)).equals(List.of(SCHEMA));
        } catch (SQLException e) {
            if (NO_SUCH_TABLE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private static <T> List<T> list(Connection c, String sql, Reading<T> reading) throws SQLException {
        try (PreparedStatement select = c.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(reading.row(rows));
            }
            return all;
        }
    }

    private <T> T inTransaction(Work<T> work) {
        // What is not committed is rolled back when the connection closes.
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            T done = work.with(connection);
            connection.commit();
            return done;
        } catch (SQLException e) {
            throw new IllegalStateException("the database does not do it", e);
        }
    }
}
