package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.api.DirectApi;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import okhttp3.Interceptor;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** The network between one process and the world: where calls take time, get lost, and meet the other tasks. */
final class Wire implements Interceptor {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final EngineProcess process;
    private final World world;
    private final VirtualTime time;
    private final Invariants invariants;
    private final Trace trace;

    Wire(EngineProcess process, World world, VirtualTime time, Invariants invariants, Trace trace) {
        this.process = process;
        this.world = world;
        this.time = time;
        this.invariants = invariants;
        this.trace = trace;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        process.check();
        ApiCall call = ApiCall.of(chain.request());
        invariants.calls().leaves(call);
        Fate fate = world.faults().draw(call);
        Flight flight = new Flight(chain);
        flight.pause(fate.before());
        switch (fate.what()) {
            case LOST_BEFORE -> throw new ConnectException("lost before the work");
            case HANG_BEFORE -> throw flight.hang();
            case ERROR_BEFORE -> {
                return answered(chain, call, error(fate));
            }
            case NOT_FOUND -> {
                return answered(chain, call, notFound(call));
            }
            default -> {}
        }
        DirectApi.Reply reply = flight.wait(world.answer(call));
        return switch (fate.what()) {
            case LOST_AFTER -> throw new IOException("lost after the work");
            case HANG_AFTER -> throw flight.hang();
            case ERROR_AFTER -> answered(chain, call, error(fate));
            default -> answered(chain, call, reply);
        };
    }

    private Response answered(Chain chain, ApiCall call, DirectApi.Reply reply) {
        trace.line(() -> call + " → " + reply.status());
        Response.Builder response = new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(reply.status())
                .message("")
                .header("Content-Type", reply.contentType())
                .header("Date", DATE.format(world.serverNow()))
                .body(ResponseBody.create(reply.body() == null ? "" : reply.body(), null));
        reply.headers().forEach(response::header);
        return response.build();
    }

    private static DirectApi.Reply error(Fate fate) {
        String code =
                switch (fate.status()) {
                    case 401 -> "AUTH_INVALID";
                    case 403 -> "AUTH_ORG_MISMATCH";
                    case 429 -> "RATE_LIMITED";
                    case 500 -> "INTERNAL_ERROR";
                    default -> "UNAVAILABLE";
                };
        String body = "{\"error_code\":\"" + code + "\",\"message\":\"drawn by chance\",\"retryable\":"
                + (fate.status() >= 429) + "}";
        Map<String, String> headers = fate.retryAfter() == null
                ? Map.of()
                : Map.of(
                        "Retry-After",
                        Long.toString(Math.max(1, fate.retryAfter().toSeconds())));
        return new DirectApi.Reply(fate.status(), "application/json", body, headers);
    }

    private static DirectApi.Reply notFound(ApiCall call) {
        String body = "{\"error_code\":\"MACHINE_NOT_FOUND\",\"message\":\"There is no machine " + call.machineId()
                + ".\",\"retryable\":false}";
        return new DirectApi.Reply(404, "application/json", body, Map.of());
    }

    /** One call on its way. */
    private final class Flight {
        private final Chain chain;
        private final long begun = time.nanos();
        private final long limit;

        Flight(Chain chain) {
            this.chain = chain;
            this.limit = chain.call().timeout().timeoutNanos();
        }

        /** Others run meanwhile. */
        void pause(Duration length) throws IOException {
            if (!length.isZero()) {
                long left = begun + limit - time.nanos();
                boolean tooLong = length.toNanos() >= left;
                time.await(tooLong ? Duration.ofNanos(left) : length, this::broken);
                check(tooLong);
            }
        }

        DirectApi.Reply wait(java.util.concurrent.CompletionStage<DirectApi.Reply> answer) throws IOException {
            CompletableFuture<DirectApi.Reply> future = answer.toCompletableFuture();
            if (!future.isDone()) {
                time.await(Duration.ofNanos(begun + limit - time.nanos()), () -> future.isDone() || broken());
                check(!future.isDone());
            }
            return future.join();
        }

        IOException hang() throws IOException {
            pause(Duration.ofNanos(limit));
            return new InterruptedIOException("timeout");
        }

        private boolean broken() {
            return chain.call().isCanceled() || !process.alive();
        }

        private void check(boolean late) throws IOException {
            process.check();
            if (chain.call().isCanceled()) {
                throw new IOException("Canceled");
            }
            if (late) {
                throw new InterruptedIOException("timeout");
            }
        }
    }
}
