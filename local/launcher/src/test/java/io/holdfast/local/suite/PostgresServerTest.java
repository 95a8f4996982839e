package io.holdfast.local.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    @Test
    void aCommittedRowSurvivesAKillOfTheDatabaseAndTheSupervisorBringsItBack() throws Exception {
        Home home = new Home(folder.resolve("h"), folder.resolve("n")).create();
        PostgresServer postgres = new PostgresServer(home, new Secrets(home), freePort(), folder.resolve("cache"));
        postgres.initialise();
        SupervisedProcess process = new SupervisedProcess(postgres.process(), home, new ProcessLedger(home));
        process.start();
        try {
            postgres.prepare(PATIENCE);
            try (Connection catalog = connect(postgres, postgres.password("catalog"));
                    Statement sql = catalog.createStatement()) {
                sql.execute("create table kept (n int)");
                sql.execute("insert into kept values (42)");
                assertThat(value(sql, "show fsync")).isEqualTo("on");
            }

            ProcessHandle before = process.running();
            assertThat(before).isNotNull();
            before.destroyForcibly();
            await().atMost(PATIENCE).until(() -> process.starts() == 2);
            postgres.prepare(PATIENCE);

            try (Connection catalog = connect(postgres, postgres.password("catalog"));
                    Statement sql = catalog.createStatement()) {
                assertThat(value(sql, "select n from kept")).isEqualTo("42");
            }
            assertThatThrownBy(() -> connect(postgres, "wrong"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        } finally {
            process.stop(PATIENCE);
        }
    }

    @Test
    void aFirstStartThatWasCutOffIsMadeAnewAndNotTakenForADatabase() throws Exception {
        Home home = new Home(folder.resolve("h"), folder.resolve("n")).create();
        PostgresServer postgres = new PostgresServer(home, new Secrets(home), freePort(), folder.resolve("cache"));
        // What initdb leaves when it is killed: the version is the first file it writes.
        Path halfMade = Files.createDirectories(home.postgres().resolve("data.new"));
        Files.writeString(halfMade.resolve("PG_VERSION"), "18\n");

        postgres.initialise();

        assertThat(halfMade).doesNotExist();
        assertThat(home.postgres().resolve("data/global/pg_control")).exists();
    }

    private static Connection connect(PostgresServer postgres, String password) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl("catalog"), "catalog", password);
    }

    private static String value(Statement sql, String query) throws SQLException {
        try (ResultSet rows = sql.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.getLocalPort();
        }
    }
}
