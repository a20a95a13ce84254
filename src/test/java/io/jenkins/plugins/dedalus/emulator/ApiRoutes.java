package io.jenkins.plugins.dedalus.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.MultiMap;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The contract's calls. */
final class ApiRoutes {
    private final EmulatorConfig config;
    private final MachineService machines;
    private final ExecutionService executions;
    private final PreviewListeners listeners;
    private final Clock clock;
    private final ScheduledExecutorService timer;

    ApiRoutes(
            EmulatorConfig config,
            MachineService machines,
            ExecutionService executions,
            PreviewListeners listeners,
            Clock clock,
            ScheduledExecutorService timer) {
        this.config = config;
        this.machines = machines;
        this.executions = executions;
        this.listeners = listeners;
        this.clock = clock;
        this.timer = timer;
    }

    JsonNode route(String method, String[] path, MultiMap query, JsonNode body) throws InterruptedException {
        // "", "v1", "machines", id, resource, id, sub
        if (path.length < 3 || !path[1].equals("v1")) {
            throw ApiError.notFound("Route", String.join("/", path));
        }
        String call = method + " " + path.length + (path.length > 4 ? " " + path[4] : "");
        if (path[2].equals("usage")) {
            return usage();
        }
        if (!path[2].equals("machines")) {
            throw ApiError.notFound("Route", String.join("/", path));
        }
        if (path.length == 3) {
            return method.equals("POST") ? create(body) : list();
        }
        if (!path[3].matches("dm-[a-z0-9-]{1,250}")) {
            throw ApiError.validation("path.machine_id", "expected dm- and lower-case letters, digits, dashes", path[3]);
        }
        EmulatedMachine machine = machines.get(path[3]);
        boolean three = config.generation() == 3;
        String previews = three ? "ports" : "previews";
        switch (call) {
            case "GET 4":
                return machine.json(false, true);
            case "PATCH 4":
                return patch(machine, body);
            case "DELETE 4":
                machines.delete(machine);
                return machine.json(three, false);
            case "POST 5 sleep":
                machines.sleep(machine);
                return machine.json(three, false);
            case "POST 5 wake":
                machines.wake(machine);
                return machine.json(three, false);
            default:
                break;
        }
        if (path[4].equals("executions")) {
            return execution(method, path, query, body, machine);
        }
        if (path[4].equals(previews)) {
            return preview(method, path, body, machine, three);
        }
        throw ApiError.notFound("Route", String.join("/", path));
    }

    private JsonNode create(JsonNode body) {
        for (var names = body.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!List.of("vcpu", "memory_mib", "storage_gib", "autosleep").contains(name)) {
                throw ApiError.validation("body." + name, "unexpected property", body.get(name));
            }
        }
        number(body, "vcpu");
        number(body, "memory_mib");
        number(body, "storage_gib");
        Duration autosleep = body.has("autosleep") ? autosleep(body.get("autosleep").asText()) : Duration.ofMinutes(5);
        return machines.create(
                        body.get("vcpu").asDouble(),
                        body.get("memory_mib").asInt(),
                        body.get("storage_gib").asInt(),
                        autosleep)
                .json(config.generation() == 3, false);
    }

    private static void number(JsonNode body, String name) {
        if (!body.path(name).isNumber()) {
            throw ApiError.validation("body." + name, "expected number", body.get(name));
        }
    }

    private static Duration autosleep(String text) {
        if (text.equals("never")) {
            return null;
        }
        if (text.matches("\\d+")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        if (!text.matches("(\\d+[smhdw])+")) {
            throw ApiError.validation("body.autosleep", "expected a duration such as 5m, or never", text);
        }
        Duration all = Duration.ZERO;
        var parts = java.util.regex.Pattern.compile("(\\d+)([smhdw])").matcher(text);
        while (parts.find()) {
            long n = Long.parseLong(parts.group(1));
            all = all.plusSeconds(n * Map.of("s", 1, "m", 60, "h", 3600, "d", 86400, "w", 604800).get(parts.group(2)));
        }
        return all;
    }

    private JsonNode patch(EmulatedMachine machine, JsonNode body) {
        synchronized (machine) {
            if (body.has("storage_gib") && body.get("storage_gib").asInt() < machine.storageGib) {
                throw ApiError.validation("body.storage_gib", "storage only grows", body.get("storage_gib").asInt());
            }
            machine.vcpu = body.path("vcpu").asDouble(machine.vcpu);
            machine.memoryMib = body.path("memory_mib").asInt(machine.memoryMib);
            machine.storageGib = body.path("storage_gib").asInt(machine.storageGib);
            if (body.has("autosleep")) {
                machine.autosleep = autosleep(body.get("autosleep").asText());
            }
            return machine.json(false, true);
        }
    }

    private JsonNode list() {
        ObjectNode answer = ApiServer.object();
        ArrayNode items = answer.putArray("items");
        machines.list().forEach(m -> items.add(m.json(config.generation() == 3, true)));
        return answer;
    }

    private JsonNode execution(String method, String[] path, MultiMap query, JsonNode body, EmulatedMachine machine) {
        if (path.length == 5 && method.equals("POST")) {
            List<String> command = new ArrayList<>();
            if (!body.path("command").isArray() || body.get("command").isEmpty()) {
                throw ApiError.validation("body.command", "expected an array of strings", body.get("command"));
            }
            body.get("command").forEach(word -> command.add(word.asText()));
            Map<String, String> env = new LinkedHashMap<>();
            body.path("env").properties().forEach(e -> env.put(e.getKey(), e.getValue().asText()));
            return executions
                    .create(
                            machine,
                            command,
                            body.path("cwd").asText(null),
                            env,
                            body.path("stdin").asText(null),
                            body.has("timeout_ms") ? body.get("timeout_ms").asLong() : null)
                    .json();
        }
        if (path.length == 5) {
            ObjectNode answer = ApiServer.object();
            ArrayNode items = answer.putArray("items");
            synchronized (machine) {
                machine.executions.values().forEach(e -> items.add(e.json()));
            }
            return answer;
        }
        EmulatedExecution execution;
        synchronized (machine) {
            execution = machine.executions.get(path[5]);
        }
        if (execution == null) {
            throw ApiError.notFound("Execution", path[5]);
        }
        if (method.equals("DELETE")) {
            executions.cancel(execution);
            return execution.json();
        }
        if (path.length == 6) {
            return execution.json();
        }
        return path[6].equals("output") ? output(execution) : events(execution, query);
    }

    private static JsonNode output(EmulatedExecution execution) {
        synchronized (execution) {
            return ApiServer.object()
                    .put("execution_id", execution.id)
                    .put("stdout", execution.stdout.toString())
                    .put("stderr", execution.stderr.toString())
                    .put("stdout_bytes", execution.stdout.length())
                    .put("stderr_bytes", execution.stderr.length())
                    .put("stdout_truncated", false)
                    .put("stderr_truncated", false);
        }
    }

    private static JsonNode events(EmulatedExecution execution, MultiMap query) {
        int from = query.contains("cursor") ? Integer.parseInt(query.get("cursor")) : 0;
        int limit = query.contains("limit") ? Integer.parseInt(query.get("limit")) : 100;
        ObjectNode answer = ApiServer.object();
        ArrayNode items = answer.putArray("items");
        synchronized (execution) {
            int to = Math.min(execution.events.size(), from + limit);
            for (int i = from; i < to; i++) {
                items.add(execution.events.get(i));
            }
            if (to > from || execution.completedAt == null) {
                answer.put("next_cursor", Integer.toString(to));
            }
        }
        return answer;
    }

    private JsonNode preview(String method, String[] path, JsonNode body, EmulatedMachine machine, boolean three) {
        if (path.length == 5 && method.equals("POST")) {
            number(body, "port");
            EmulatedPreview preview = new EmulatedPreview(
                    "prv-" + UUID.randomUUID(),
                    machine.id,
                    body.get("port").asInt(),
                    body.path("protocol").asText("http"),
                    three ? "public" : body.path("visibility").asText("public"),
                    clock.instant());
            synchronized (machine) {
                machine.previews.put(preview.id, preview);
            }
            timer.schedule(() -> ready(machine, preview), config.previewDelay().toMillis(), TimeUnit.MILLISECONDS);
            return preview.json(three);
        }
        if (path.length == 5) {
            ObjectNode answer = ApiServer.object();
            ArrayNode items = answer.putArray("items");
            synchronized (machine) {
                machine.previews.values().forEach(p -> items.add(p.json(three)));
            }
            return answer;
        }
        EmulatedPreview preview;
        synchronized (machine) {
            preview = machine.previews.get(path[5]);
        }
        if (preview == null) {
            throw ApiError.notFound("Preview", path[5]);
        }
        if (method.equals("DELETE")) {
            preview.status = "closed";
            if (preview.listener != null) {
                preview.listener.close();
            }
        }
        return preview.json(three);
    }

    private void ready(EmulatedMachine machine, EmulatedPreview preview) {
        if (machine.sandbox != null) {
            machine.sandbox.route(preview.port);
        }
        preview.url = "http://127.0.0.1:" + listeners.open(machine, preview, 0);
        preview.readyAt = clock.instant();
        preview.status = "ready";
    }

    private JsonNode usage() {
        ObjectNode answer = ApiServer.object();
        ArrayNode items = answer.putArray("items");
        for (EmulatedMachine machine : machines.list()) {
            double seconds = machine.awakeSeconds(clock.instant());
            items.addObject()
                    .put("machine_id", machine.id)
                    .put("awake_seconds", seconds)
                    .put("cpu_millicore_seconds", seconds * machine.vcpu * 1000)
                    .put("memory_mib_seconds", seconds * machine.memoryMib);
        }
        return answer;
    }
}
