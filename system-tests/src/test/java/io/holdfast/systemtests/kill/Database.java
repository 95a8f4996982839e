package io.holdfast.systemtests.kill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** snapshot-service's rows, only looked at: what it says of itself must agree with them. */
record Database(String url, String user, String password) {

    private static final String UNFINISHED = """
            select 'view of ' || job || ' ' || phase from frozen_view where phase <> 'CLOSED'
            union all
            select 'target of ' || job || ' ' || state from restore_target where state not in ('FINISHED', 'ABORTED')
            """;

    /** The one that a service with this environment uses. */
    static Database of(Map<String, String> environment) {
        return new Database(
                environment.getOrDefault("QUARKUS_DATASOURCE_JDBC_URL", ""),
                environment.getOrDefault("QUARKUS_DATASOURCE_USERNAME", ""),
                environment.getOrDefault("QUARKUS_DATASOURCE_PASSWORD", ""));
    }

    /** Views and targets that have not come to their ends. */
    List<String> unfinished() throws SQLException {
        List<String> found = new ArrayList<>();
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "2");
        properties.setProperty("readOnly", "true");
        try (Connection connection = DriverManager.getConnection(url, properties);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(UNFINISHED)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return "Database[" + url + "]";
    }
}
