package io.holdfast.testkit.pg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PostgresForTestsTest {

    @Test
    void each_caller_has_a_database_of_its_own_that_goes_with_it() throws SQLException {
        PostgresForTests one = PostgresForTests.start();
        try (PostgresForTests two = PostgresForTests.start();
                Connection open = connect(one);
                Connection other = connect(two)) {
            execute(open, "create table only_here (id int)");
            assertThatThrownBy(() -> execute(other, "select * from only_here")).isInstanceOf(SQLException.class);
            one.close();
            assertThatThrownBy(() -> connect(one)).isInstanceOf(SQLException.class);
            assertThat(version(other)).startsWith("18");
        }
    }

    private static Connection connect(PostgresForTests database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_version")) {
            row.next();
            return row.getString(1);
        }
    }
}
