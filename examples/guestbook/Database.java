import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.ConnectionPoolDataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.postgresql.ds.PGConnectionPoolDataSource;

/** The guestbook's database: PostgreSQL where DATABASE_URL says so, a file of H2 elsewhere. */
final class Database implements AutoCloseable {
    private final boolean postgres;
    private final JdbcConnectionPool pool;
    private Connection session;

    private Database(ConnectionPoolDataSource source, boolean postgres) {
        this.postgres = postgres;
        this.pool = JdbcConnectionPool.create(source);
    }

    /** Opens the one that the environment names. */
    static Database open(String url, Path data) {
        if (url.isEmpty()) {
            JdbcDataSource file = new JdbcDataSource();
            file.setURL("jdbc:h2:" + data.resolve("guestbook").toAbsolutePath());
            file.setUser("sa");
            return new Database(file, false);
        }
        URI address = URI.create(url);
        String[] user = address.getUserInfo().split(":", 2);
        PGConnectionPoolDataSource server = new PGConnectionPoolDataSource();
        server.setURL("jdbc:postgresql://" + address.getHost() + ":" + address.getPort() + address.getPath());
        server.setUser(user[0]);
        server.setPassword(user[1]);
        return new Database(server, true);
    }

    /** Runs the scripts that have not run yet, in the order of their names; returns those. */
    List<String> migrate(Path scripts) throws IOException, SQLException {
        List<String> done = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement sql = connection.createStatement();
                Stream<Path> files = Files.list(scripts)) {
            sql.execute("create table if not exists migrations (name varchar(100) primary key)");
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (one(sql, "select count(*) from migrations where name = '" + name + "'").equals("0")) {
                    sql.execute(Files.readString(file));
                    sql.execute("insert into migrations values ('" + name + "')");
                    done.add(name);
                }
            }
        }
        return done;
    }

    /** Inserts a row. */
    void insert(String statement, String... values) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement sql = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                sql.setString(i + 1, values[i]);
            }
            sql.executeUpdate();
        }
    }

    /** The rows of a query, each with the columns that are asked for. */
    List<List<String>> rows(String query, String... columns) throws SQLException {
        List<List<String>> all = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                Statement sql = connection.createStatement();
                ResultSet rows = sql.executeQuery(query)) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (String column : columns) {
                    row.add(rows.getString(column));
                }
                all.add(row);
            }
        }
        return all;
    }

    /** The first value of a query. */
    String value(String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement sql = connection.createStatement()) {
            return one(sql, query);
        }
    }

    /** What stays open for as long as the process lives: one transaction, in one session of the server. */
    synchronized String session() throws SQLException {
        if (!postgres) {
            return "";
        }
        if (session == null) {
            session = pool.getConnection();
            session.setAutoCommit(false);
        }
        try (Statement sql = session.createStatement()) {
            return one(sql, "select 'backend ' || pg_backend_pid() || ', transaction ' || pg_current_xact_id()");
        }
    }

    /** Up to where the write-ahead log is written. */
    long wal() throws SQLException {
        return postgres ? Long.parseLong(value("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')")) : 0;
    }

    /** Whose it is. */
    String product() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return connection.getMetaData().getDatabaseProductName() + " "
                    + connection.getMetaData().getDatabaseProductVersion();
        }
    }

    private static String one(Statement sql, String query) throws SQLException {
        try (ResultSet rows = sql.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
