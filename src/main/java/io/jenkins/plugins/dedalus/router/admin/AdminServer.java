package io.jenkins.plugins.dedalus.router.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dedalus.router.config.ConfigException;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The admin port: {@code /-/healthz}, {@code /-/readyz} and {@code /-/metrics} for anyone who reaches it (loopback unless
 * configured otherwise), {@code /api/v1/…} for bearers of the token in the state directory.
 *
 * <p>Health, readiness and metrics are answered on an event loop of their own, on which nothing ever waits: not for a slow
 * reader, not for a slow writer, not for an operation. Calls of the API run on a few threads; what they follow holds none.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AdminServer.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY = 4 * 1024 * 1024;
    private static final int MOST_CALLS = 16;
    private static final int MOST_QUEUED = 64;
    private static final int MOST_STREAMS = 128;
    private static final int BACKLOG = 1024;
    private static final int IDLE_SECONDS = 75;
    private static final int PATIENCE_SECONDS = 10;

    private final Vertx vertx;
    private final ThreadPoolExecutor calls;
    private final StreamPlaces places = new StreamPlaces(MOST_STREAMS);
    private final InetSocketAddress bind;
    private final AdminApi api;
    private final Supplier<Readiness> readiness;
    private final Supplier<String> metrics;
    private volatile HttpServer server;
    private volatile byte[] token = new byte[0];
    /** Null where there is nothing to publish. */
    private volatile RoutesEndpoint routes;

    /**
     * Whether viewers can be served.
     *
     * @param ready the answer
     * @param sentence why (not)
     */
    public record Readiness(boolean ready, String sentence) {}

    private AdminServer(InetSocketAddress bind, AdminApi api, Supplier<Readiness> readiness, Supplier<String> metrics) {
        this.bind = bind;
        this.api = api;
        this.readiness = readiness;
        this.metrics = metrics;
        VertxOptions options = new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setPreferNativeTransport(false);
        options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
        this.vertx = Vertx.vertx(options);
        AtomicInteger count = new AtomicInteger();
        this.calls = new ThreadPoolExecutor(
                MOST_CALLS, MOST_CALLS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_QUEUED), task -> {
                    Thread thread = new Thread(task, "admin-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        this.calls.allowCoreThreadTimeOut(true);
    }

    /**
     * Begins to listen.
     *
     * @param bind the address, port 0 for any
     * @param readiness asked on the event loop: must not block
     * @param metrics likewise
     * @throws IOException when the address can't be bound
     */
    public static AdminServer start(
            InetSocketAddress bind, AdminApi api, Supplier<Readiness> readiness, Supplier<String> metrics)
            throws IOException {
        AdminServer admin = new AdminServer(bind, api, readiness, metrics);
        boolean listening = false;
        try {
            admin.listen();
            listening = true;
            return admin;
        } finally {
            if (!listening) {
                admin.close();
            }
        }
    }

    private void listen() throws IOException {
        HttpServerOptions options =
                new HttpServerOptions().setIdleTimeout(IDLE_SECONDS).setHandle100ContinueAutomatically(true);
        options.setAcceptBacklog(BACKLOG).setTcpNoDelay(true);
        try {
            server = vertx.createHttpServer(options)
                    .requestHandler(this::handle)
                    .listen(bind.getPort(), bind.getAddress().getHostAddress())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("it took longer than " + PATIENCE_SECONDS + " seconds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Where it listens, as a client on this machine reaches it. */
    public URI url() {
        InetAddress address = bind.getAddress();
        String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.actualPort());
    }

    /** Sets the token that the API asks for; until then the API is closed. */
    public void token(String value) {
        token = value.getBytes(StandardCharsets.UTF_8);
    }

    /** Publishes the routes to routers that follow this one. */
    public void publish(RoutesEndpoint value) {
        routes = value;
    }

    private void handle(HttpServerRequest request) {
        AdminReply reply = new AdminReply(request, vertx.getOrCreateContext(), places);
        String path = request.path() == null ? "" : request.path();
        try {
            switch (path) {
                case "/-/healthz" -> reply.text(200, "ok\n");
                case "/-/readyz" -> {
                    Readiness now = readiness.get();
                    reply.text(now.ready() ? 200 : 503, now.sentence() + "\n");
                }
                case "/-/metrics" ->
                    reply.send(
                            200,
                            Map.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
                            metrics.get().getBytes(StandardCharsets.UTF_8));
                default -> api(request, reply, path);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The admin port could not answer " + path + ".", e);
            reply.error(500, AdminException.Kind.FAILED, "The admin port could not answer; its log says why.");
        }
    }

    private void api(HttpServerRequest request, AdminReply reply, String path) {
        if (!path.startsWith("/api/v1/")) {
            reply.error(404, AdminException.Kind.NOT_FOUND, "There's nothing at " + path + ".");
            return;
        }
        RoutesEndpoint published = path.equals(RoutesEndpoint.PATH) ? routes : null;
        if (!authorised(request, published)) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
            reply.error(
                    401,
                    AdminException.Kind.FAILED,
                    "The admin API wants the token of the file " + AdminAddress.TOKEN_FILE
                            + " in the state directory.");
            return;
        }
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() <= MAX_BODY) {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(v -> {
            if (body.length() > MAX_BODY) {
                reply.error(400, AdminException.Kind.CONFIG, "The request is larger than 4 MiB.");
            } else {
                call(reply, published == null ? () -> answer(reply, path, body) : () -> published.answer(reply));
            }
        });
    }

    private void call(AdminReply reply, Runnable work) {
        try {
            calls.execute(() -> guarded(reply, work));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.FINE, "A call of the admin API was sent away.", e);
            reply.error(
                    503,
                    AdminException.Kind.BUSY,
                    "This router works on " + MOST_CALLS + " calls of its admin API, and " + MOST_QUEUED
                            + " wait already. Try again in a few seconds.");
        }
    }

    private static void guarded(AdminReply reply, Runnable work) {
        try {
            work.run();
        } catch (AdminException e) {
            reply.error(status(e.kind()), e.kind(), e.getMessage());
        } catch (ConfigException | IllegalArgumentException e) {
            reply.error(400, AdminException.Kind.CONFIG, e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "The admin API failed.", e);
            reply.error(500, AdminException.Kind.FAILED, e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void answer(AdminReply reply, String path, Buffer body) {
        List<String> parts = Arrays.stream(path.substring("/api/v1/".length()).split("/"))
                .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                .toList();
        api.handle(new AdminCall(reply, parts, json(body)));
    }

    private boolean authorised(HttpServerRequest request, RoutesEndpoint published) {
        String header = request.getHeader("Authorization");
        if (header == null || !header.startsWith("Bearer ")) {
            return false;
        }
        String bearer = header.substring("Bearer ".length());
        byte[] expected = token;
        boolean admin = expected.length > 0 && MessageDigest.isEqual(expected, bearer.getBytes(StandardCharsets.UTF_8));
        return admin || published != null && published.opens(bearer);
    }

    private static JsonNode json(Buffer bytes) {
        try {
            JsonNode body = bytes.length() == 0 ? null : JSON.readTree(bytes.getBytes());
            return body == null || !body.isObject() ? JSON.createObjectNode() : body;
        } catch (IOException e) {
            throw new AdminException(AdminException.Kind.CONFIG, "The request is no JSON: " + e.getMessage(), e);
        }
    }

    static int status(AdminException.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> 404;
            case CONFIG -> 400;
            case NO_ROUTER, BUSY -> 503;
            case FAILED -> 409;
        };
    }

    /** Stops listening and ends the open streams; the operations go on. */
    @Override
    public void close() {
        calls.shutdownNow();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(Level.WARNING, "The admin port did not close in order.", e);
        }
    }
}
