package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.CallLog;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import io.jenkins.plugins.dedalus.emulator.core.Workers;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The API's listener: from a request to a call, from an answer to a response, with the faults around. */
public final class ApiServer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ApiServer.class.getName());
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);
    private static final int MAX_BODY = 64 * 1024 * 1024;
    private static final int MAX_LOGGED_BODY = 64 * 1024;
    private static final long HANG_POLL_MILLIS = 50;

    private final EmulatorConfig config;
    private final FaultControl faults;
    private final CallLog calls;
    private final Workers workers;
    private final Pipeline pipeline;
    private final StatusStream streams;
    private final ControlApi control;
    private final Vertx vertx;
    private final HttpServer server;

    /** Starts listening on 127.0.0.1. Throws {@link IOException} with a sentence. */
    public ApiServer(EmulatorConfig config, ControlPlane plane, FaultControl faults, CallLog calls) throws IOException {
        this.config = config;
        this.faults = faults;
        this.calls = calls;
        this.workers = plane.workers();
        this.pipeline = new Pipeline(config, plane);
        this.streams = new StatusStream(Generation.of(config), plane.machines());
        this.control = new ControlApi(config, plane, faults, calls);
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(1));
        this.server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(1024))
                .requestHandler(this::receive);
        try {
            await(server.listen(config.port(), "127.0.0.1").toCompletionStage());
        } catch (IOException e) {
            close();
            throw new IOException(
                    "Could not listen on 127.0.0.1:" + config.port() + ": " + e.getMessage() + ". Choose another port.",
                    e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.actualPort();
    }

    private void receive(HttpServerRequest request) {
        Buffer body = Buffer.buffer();
        request.handler(chunk -> {
            if (body.length() <= MAX_BODY) {
                body.appendBuffer(chunk);
            }
        });
        request.exceptionHandler(gone -> LOG.log(Level.FINE, "A client left while it sent its request.", gone));
        request.endHandler(end -> workers.execute(() -> {
            Call call = new Call(
                    request.method().name(),
                    request.path(),
                    null,
                    request.params(),
                    request.headers(),
                    body.toString());
            if (ControlApi.owns(call.path())) {
                respond(request, control.answer(call));
            } else if (body.length() > MAX_BODY) {
                Problem tooLarge = new Problem(413, "Content Too Large", "at most 64 MiB are taken", List.of());
                respond(request, Answer.problem(tooLarge));
            } else {
                serve(request, call);
            }
        }));
    }

    private void serve(HttpServerRequest request, Call call) {
        String logged =
                call.body().length() > MAX_LOGGED_BODY ? call.body().substring(0, MAX_LOGGED_BODY) : call.body();
        CallLog.Entry entry = calls.add(new CallLog.Call(
                config.clock().instant(),
                call.method(),
                call.path(),
                request.query(),
                call.header("Idempotency-Key").orElse(null),
                0,
                logged.isEmpty() ? null : logged));
        long clears = faults.clears();
        CallFaults.Plan plan = CallFaults.take(faults, call);
        if (plan.hangs()) {
            hang(request, clears);
        } else if (plan.delayMillis() > 0) {
            workers.later(plan.delayMillis(), () -> serve(request, call, entry, plan, clears));
        } else {
            serve(request, call, entry, plan, clears);
        }
    }

    private void serve(HttpServerRequest request, Call call, CallLog.Entry entry, CallFaults.Plan plan, long clears) {
        if (plan.instead() && plan.cuts()) {
            request.connection().close();
            return;
        }
        if (plan.instead()) {
            entry.answered(plan.answer().status());
            respond(request, plan.answer());
            return;
        }
        if (streams.owns(call) && !plan.cuts()) {
            stream(request, call, entry);
            return;
        }
        pipeline.answer(call).whenComplete((answer, unexpected) -> {
            if (plan.cuts()) {
                request.connection().close();
                return;
            }
            Answer sent = plan.sent(answer);
            entry.answered(sent.status());
            if (plan.held()) {
                hold(request, sent, clears);
            } else {
                respond(request, sent);
            }
        });
    }

    private void hold(HttpServerRequest request, Answer answer, long clears) {
        if (faults.clears() == clears) {
            workers.later(HANG_POLL_MILLIS, () -> hold(request, answer, clears));
        } else {
            respond(request, answer);
        }
    }

    private void stream(HttpServerRequest request, Call call, CallLog.Entry entry) {
        try {
            pipeline.admit(call);
            streams.open(call, request);
            entry.answered(200);
        } catch (RuntimeException e) {
            Answer refusal = Pipeline.refused(e);
            entry.answered(refusal.status());
            respond(request, refusal);
        }
    }

    private void hang(HttpServerRequest request, long clears) {
        if (faults.clears() == clears && !request.response().closed()) {
            workers.later(HANG_POLL_MILLIS, () -> hang(request, clears));
        } else {
            request.connection().close();
        }
    }

    private void respond(HttpServerRequest request, Answer answer) {
        HttpServerResponse response = request.response();
        if (response.closed()) {
            return;
        }
        response.setStatusCode(answer.status())
                .putHeader("Content-Type", answer.contentType())
                .putHeader("Date", DATE.format(config.clock().instant()))
                .putHeader("X-Request-Id", "req_" + UUID.randomUUID());
        answer.headers().forEach(response::putHeader);
        response.end(answer.body())
                .onFailure(gone -> LOG.log(Level.FINE, "A client left before it had its answer.", gone));
    }

    private static <T> T await(CompletionStage<T> stage) throws IOException {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within 60 seconds", e);
        }
    }

    @Override
    public void close() throws IOException {
        await(vertx.close().toCompletionStage());
    }
}
