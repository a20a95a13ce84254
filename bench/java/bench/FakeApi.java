package bench;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A Dedalus that does nothing but answer, in a process of its own: every machine runs, every script succeeds at once, every
 * answer comes after a set time. Its preview URLs lead to itself.
 */
public final class FakeApi {
    private final Vertx vertx = Vertx.vertx();
    private final Map<String, JsonArray> previews = new HashMap<>();
    private final long callMillis;
    private final long wakeMillis;
    private int port;
    private int machines;
    private int executions;
    private int calls;
    private int wakes;

    private FakeApi(long callMillis, long wakeMillis) {
        this.callMillis = callMillis;
        this.wakeMillis = wakeMillis;
    }

    /** Takes the time that every call takes and that a wake takes, in milliseconds; prints the port. */
    public static void main(String[] args) throws Exception {
        FakeApi api = new FakeApi(Long.parseLong(args[0]), Long.parseLong(args[1]));
        var options = new io.vertx.core.http.HttpServerOptions();
        options.setAcceptBacklog(4096).setHost("127.0.0.1").setPort(0);
        var server = api.vertx.createHttpServer(options).requestHandler(api::handle).listen();
        api.port = server.toCompletionStage().toCompletableFuture().get().actualPort();
        System.out.println(api.port);
        System.in.read();
        System.exit(0);
    }

    private void handle(HttpServerRequest request) {
        String[] path = request.path().substring(1).split("/");
        if (path[0].equals("count")) {
            request.response().end(new JsonObject().put("calls", calls).put("wakes", wakes).encode());
            return;
        }
        if (!path[0].equals("v1")) {
            request.response().end("here");
            return;
        }
        calls++;
        boolean waking = path.length == 4 && path[3].equals("wake");
        wakes += waking ? 1 : 0;
        request.body().onSuccess(body -> {
            JsonObject sent = body.length() == 0 ? new JsonObject() : new JsonObject(body);
            JsonObject answer = answer(request.method().name(), path, sent);
            long delay = waking ? wakeMillis : callMillis;
            Runnable send = () -> request.response()
                    .putHeader("Content-Type", "application/json")
                    .end(answer.encode());
            if (delay == 0) {
                send.run();
            } else {
                vertx.setTimer(delay, timer -> send.run());
            }
        });
    }

    private JsonObject answer(String method, String[] path, JsonObject sent) {
        if (path.length == 2) {
            return method.equals("POST") ? machine("dm-" + ++machines) : new JsonObject().put("items", new JsonArray());
        }
        String machine = path[2];
        if (path.length == 3 || path.length == 4 && (path[3].equals("wake") || path[3].equals("sleep"))) {
            return machine(machine);
        }
        if (path[3].equals("executions")) {
            return executions(method, path, machine, sent);
        }
        JsonArray known = previews.computeIfAbsent(machine, id -> new JsonArray());
        if (method.equals("POST")) {
            known.add(new JsonObject()
                    .put("preview_id", "pv-" + machine + "-" + known.size())
                    .put("machine_id", machine)
                    .put("port", sent.getInteger("port"))
                    .put("protocol", "http")
                    .put("visibility", "public")
                    .put("status", "ready")
                    .put("url", "http://127.0.0.1:" + port));
            return known.getJsonObject(known.size() - 1);
        }
        return path.length == 4 ? new JsonObject().put("items", known) : known.getJsonObject(0);
    }

    private JsonObject executions(String method, String[] path, String machine, JsonObject sent) {
        if (path.length == 4 && method.equals("GET") || path.length == 6) {
            return new JsonObject().put("items", new JsonArray());
        }
        String id = path.length == 4 ? "ex-" + ++executions : path[4];
        return new JsonObject()
                .put("execution_id", id)
                .put("machine_id", machine)
                .put("status", "succeeded")
                .put("exit_code", 0)
                .put("command", sent.getJsonArray("command", new JsonArray()));
    }

    private static JsonObject machine(String id) {
        return new JsonObject()
                .put("machine_id", id)
                .put("vcpu", 1)
                .put("memory_mib", 2048)
                .put("storage_gib", 10)
                .put("autosleep_seconds", 900)
                .put("desired_state", "running")
                .put("status", new JsonObject().put("phase", "running").put("revision", "1"));
    }

    /** A fake API of its own process. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final int port;

        private Running(Process process, int port) {
            this.process = process;
            this.port = port;
        }

        static Running start(long callMillis, long wakeMillis) throws Exception {
            String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(
                            java,
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FakeApi.class.getName(),
                            Long.toString(callMillis),
                            Long.toString(wakeMillis))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            String line = process.inputReader().readLine();
            return new Running(process, Integer.parseInt(line.trim()));
        }

        String url() {
            return "http://127.0.0.1:" + port;
        }

        JsonObject count() throws Exception {
            var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create(url() + "/count"))
                    .build();
            return new JsonObject(java.net.http.HttpClient.newHttpClient()
                    .send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                    .body());
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
