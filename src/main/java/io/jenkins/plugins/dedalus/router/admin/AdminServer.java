package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.dedalus.router.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The admin port: {@code /-/healthz}, {@code /-/readyz} and {@code /-/metrics} for anyone who reaches it (loopback unless
 * configured otherwise), {@code /api/v1/…} for bearers of the token in the state directory.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AdminServer.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY = 4 * 1024 * 1024;
    private static final int MAX_THREADS = 64;

    private final HttpServer server;
    private final ExecutorService threads;
    private final AdminApi api;
    private final Supplier<Readiness> readiness;
    private final Supplier<String> metrics;
    private volatile byte[] token = new byte[0];

    /**
     * Whether viewers can be served.
     *
     * @param ready the answer
     * @param sentence why (not)
     */
    public record Readiness(boolean ready, String sentence) {}

    private AdminServer(HttpServer server, AdminApi api, Supplier<Readiness> readiness, Supplier<String> metrics) {
        this.server = server;
        this.api = api;
        this.readiness = readiness;
        this.metrics = metrics;
        AtomicInteger count = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(0, MAX_THREADS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "admin-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Begins to listen.
     *
     * @param bind the address, port 0 for any
     * @throws IOException when the address can't be bound
     */
    public static AdminServer start(
            InetSocketAddress bind, AdminApi api, Supplier<Readiness> readiness, Supplier<String> metrics)
            throws IOException {
        AdminServer admin = new AdminServer(HttpServer.create(bind, 64), api, readiness, metrics);
        admin.server.setExecutor(admin.threads);
        admin.server.createContext("/", admin::handle);
        admin.server.start();
        return admin;
    }

    /** Where it listens, as a client on this machine reaches it. */
    public URI url() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : address.getAddress().getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort());
    }

    /** Sets the token that the API asks for; until then the API is closed. */
    public void token(String value) {
        token = value.getBytes(StandardCharsets.UTF_8);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            switch (path) {
                case "/-/healthz" -> text(exchange, 200, "ok\n");
                case "/-/readyz" -> {
                    Readiness now = readiness.get();
                    text(exchange, now.ready() ? 200 : 503, now.sentence() + "\n");
                }
                case "/-/metrics" -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                    send(exchange, 200, metrics.get());
                }
                default -> api(exchange, path);
            }
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "The admin port could not answer "
                            + exchange.getRequestURI().getPath() + ".",
                    e);
        }
    }

    private void api(HttpExchange exchange, String path) throws IOException {
        if (!path.startsWith("/api/v1/")) {
            error(exchange, 404, AdminException.Kind.NOT_FOUND, "There's nothing at " + path + ".");
            return;
        }
        if (!authorised(exchange)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            error(
                    exchange,
                    401,
                    AdminException.Kind.FAILED,
                    "The admin API wants the token of the file " + AdminAddress.TOKEN_FILE
                            + " in the state directory.");
            return;
        }
        List<String> parts = Arrays.stream(path.substring("/api/v1/".length()).split("/"))
                .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                .toList();
        try {
            api.handle(new AdminCall(exchange, exchange.getRequestMethod(), parts, body(exchange)));
        } catch (AdminException e) {
            error(exchange, status(e.kind()), e.kind(), e.getMessage());
        } catch (ConfigException e) {
            error(exchange, 400, AdminException.Kind.CONFIG, e.getMessage());
        } catch (IllegalArgumentException e) {
            error(exchange, 400, AdminException.Kind.CONFIG, e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The admin API failed at " + path + ".", e);
            error(exchange, 500, AdminException.Kind.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private boolean authorised(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        byte[] expected = token;
        return expected.length > 0
                && header != null
                && header.startsWith("Bearer ")
                && MessageDigest.isEqual(
                        expected, header.substring("Bearer ".length()).getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode body(HttpExchange exchange) throws IOException {
        try (InputStream in = exchange.getRequestBody()) {
            byte[] bytes = in.readNBytes(MAX_BODY + 1);
            if (bytes.length > MAX_BODY) {
                throw new AdminException(AdminException.Kind.CONFIG, "The request is larger than 4 MiB.");
            }
            JsonNode body = bytes.length == 0 ? JSON.createObjectNode() : JSON.readTree(bytes);
            return body == null || !body.isObject() ? JSON.createObjectNode() : body;
        }
    }

    static int status(AdminException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> 404;
            case CONFIG -> 400;
            case NO_ROUTER -> 503;
            case FAILED -> 409;
        };
    }

    private static void text(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        send(exchange, status, text);
    }

    private static void error(HttpExchange exchange, int status, AdminException.Kind kind, String sentence)
            throws IOException {
        ObjectNode error = JSON.createObjectNode();
        error.put("code", kind.name().toLowerCase(java.util.Locale.ROOT)).put("message", sentence);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        send(exchange, status, error + "\n");
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean head = "HEAD".equals(exchange.getRequestMethod());
        exchange.sendResponseHeaders(status, head ? -1 : bytes.length);
        if (!head) {
            exchange.getResponseBody().write(bytes);
        }
    }

    /** Stops listening and ends the open streams; the operations go on. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
