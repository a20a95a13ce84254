import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * A guestbook that keeps its state in three places, so that one can see what a sleeping preview keeps: entries in a
 * database, a history in an append-only log, and a count of visits in memory only.
 */
public final class Guestbook {
    private static final int MAX_FORM_BYTES = 16 * 1024;

    private final AtomicLong visits = new AtomicLong();
    private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final String branch = env("CHANGE_BRANCH", "a local checkout");
    private final Path app;
    private final Path log;
    private final String commit;
    private final Database database;

    private Guestbook(Path app, Path data) throws IOException {
        Path commitFile = app.resolve("build/commit");
        this.app = app;
        this.log = data.resolve("guestbook.log");
        this.commit = Files.exists(commitFile) ? Files.readString(commitFile).strip() : "uncommitted";
        this.database = Database.open(env("DATABASE_URL", ""), data);
    }

    public static void main(String[] args) throws Exception {
        Path data = Files.createDirectories(Path.of(env("DATA", env("HOME", ".") + "/data")));
        Guestbook guestbook = new Guestbook(Path.of("").toAbsolutePath(), data);
        if (List.of(args).contains("migrate")) {
            guestbook.migrate();
            return;
        }
        int port = Integer.parseInt(env("PORT", "3000"));
        guestbook.serve(new InetSocketAddress(env("HOST", "0.0.0.0"), port));
    }

    private void serve(InetSocketAddress address) throws IOException {
        HttpServer server = HttpServer.create(address, 1024);
        server.setExecutor(Executors.newCachedThreadPool());
        route(server, "/", this::page);
        route(server, "/entries", this::entries);
        route(server, "/clock", this::clock);
        route(server, "/stats", exchange -> send(exchange, 200, "application/json", stats()));
        route(server, "/log", exchange -> send(exchange, 200, "text/plain", Files.readString(log)));
        route(server, "/version", exchange -> send(exchange, 200, "text/plain", commit));
        route(server, "/healthz", exchange -> send(exchange, 200, "text/plain", "ok"));
        route(server, "/style.css", exchange -> send(exchange, 200, "text/css", file("web/style.css")));
        route(server, "/page.js", exchange -> send(exchange, 200, "text/javascript", file("web/page.js")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop(0);
            database.close();
        }));
        server.start();
        append("started: commit " + commit + ", process " + ProcessHandle.current().pid());
    }

    // ---- what it answers ----

    private void page(HttpExchange exchange) throws IOException, SQLException {
        if (!exchange.getRequestURI().getPath().equals("/")) {
            send(exchange, 404, "text/plain", "There is no such page here.");
            return;
        }
        long visit = visits.incrementAndGet();
        List<String> history = Files.readAllLines(log);
        String html = file("web/index.html")
                .replace("{{branch}}", escape(branch))
                .replace("{{commit}}", escape(commit.substring(0, Math.min(10, commit.length()))))
                .replace("{{visits}}", Long.toString(visit))
                .replace("{{count}}", Long.toString(count()))
                .replace("{{lines}}", Integer.toString(history.size()))
                .replace("{{started}}", started.toString().substring(11, 19) + " UTC")
                .replace("{{log}}", escape(tail(history, 8)))
                .replace("{{entries}}", entriesAsHtml());
        send(exchange, 200, "text/html", html);
    }

    private void entries(HttpExchange exchange) throws IOException, SQLException {
        if (!exchange.getRequestMethod().equals("POST")) {
            send(exchange, 405, "text/plain", "Entries are written with POST; the page is at /.");
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(MAX_FORM_BYTES + 1);
        Map<String, String> form = body.length > MAX_FORM_BYTES ? Map.of() : form(body);
        String author = form.getOrDefault("author", "").strip();
        String message = form.getOrDefault("message", "").strip();
        if (author.isEmpty() || author.length() > 60 || message.isEmpty() || message.length() > 500) {
            send(exchange, 400, "text/plain", "An entry needs an author (up to 60 characters) and a message (up to 500).");
            return;
        }
        insert(author, message);
        append("entry by " + author.replaceAll("\\p{Cntrl}", " "));
        exchange.getResponseHeaders().set("Location", "/");
        exchange.sendResponseHeaders(303, -1);
        exchange.close();
    }

    /** One server-sent event per second, until the viewer leaves. */
    private void clock(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                String event = "data: " + LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + "\n\n";
                out.write(event.getBytes(StandardCharsets.UTF_8));
                out.flush();
                Thread.sleep(1000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String stats() throws SQLException, IOException {
        return String.format(
                "{\"visits\":%d,\"entries\":%d,\"logLines\":%d,\"started\":\"%s\",\"commit\":\"%s\","
                        + "\"database\":\"%s\",\"session\":\"%s\",\"wal\":%d}",
                visits.get(), count(), Files.readAllLines(log).size(), started, commit,
                database.product(), database.session(), database.wal());
    }

    // ---- the database ----

    private void migrate() throws IOException, SQLException {
        try (database) {
            for (String script : database.migrate(app.resolve("db"))) {
                append("migrated: " + script);
            }
        }
    }

    private void insert(String author, String message) throws SQLException {
        database.insert("insert into entry (author, message) values (?, ?)", author, message);
    }

    private long count() throws SQLException {
        return Long.parseLong(database.value("select count(*) from entry"));
    }

    private String entriesAsHtml() throws SQLException {
        StringBuilder html = new StringBuilder();
        for (List<String> entry : database.rows("select * from entry order by id desc limit 20", "message", "author")) {
            html.append("<li><p>").append(escape(entry.get(0))).append("</p><footer>");
            html.append(escape(entry.get(1)));
            html.append("</footer></li>\n");
        }
        return html.toString();
    }

    // ---- small helpers ----

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException, SQLException;
    }

    private static void route(HttpServer server, String path, Handler handler) {
        HttpHandler guarded = exchange -> {
            try {
                handler.handle(exchange);
            } catch (SQLException e) {
                System.err.println("The database refused " + exchange.getRequestURI() + ": " + e.getMessage());
                send(exchange, 500, "text/plain", "The database refused that; the application's log says why.");
            }
        };
        server.createContext(path, guarded);
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(head ? new byte[0] : body);
        }
    }

    private synchronized void append(String line) throws IOException {
        String stamped = Instant.now().truncatedTo(ChronoUnit.MILLIS) + "  " + line + "\n";
        Files.writeString(log, stamped, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private String file(String name) throws IOException {
        return Files.readString(app.resolve(name));
    }

    private static String tail(List<String> lines, int last) {
        return lines.stream().skip(Math.max(0, lines.size() - last)).collect(Collectors.joining("\n"));
    }

    private static Map<String, String> form(byte[] body) {
        Map<String, String> fields = new HashMap<>();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return fields;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static String env(String name, String fallback) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? fallback : value;
    }
}
