package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.emulator.CallLog;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import io.jenkins.plugins.dedalus.emulator.core.StateStore;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code /_emulator}: what a test or a person orders and asks. For programs on this host, not for web pages. */
final class ControlApi {
    private static final String PREFIX = "/_emulator";
    private static final Pattern LOOPBACK = Pattern.compile("(?i)(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d+)?");
    private static final Pattern FAULT = Pattern.compile(PREFIX + "/faults/(\\d{1,18})");

    private final EmulatorConfig config;
    private final ControlPlane plane;
    private final FaultControl faults;
    private final CallLog calls;
    private final ObjectMapper json = StateStore.JSON;

    ControlApi(EmulatorConfig config, ControlPlane plane, FaultControl faults, CallLog calls) {
        this.config = config;
        this.plane = plane;
        this.faults = faults;
        this.calls = calls;
    }

    static boolean owns(String path) {
        return path.equals(PREFIX) || path.startsWith(PREFIX + "/");
    }

    Answer answer(Call call) {
        try {
            // A web page can reach loopback too, under a name of its own or with its Origin.
            if (!LOOPBACK.matcher(call.header("Host").orElse("")).matches()
                    || call.header("Origin").isPresent()) {
                throw new Problem(403, "Forbidden", "The control endpoints are for programs on this host.", List.of());
            }
            return route(call);
        } catch (Problem problem) {
            return Answer.problem(problem);
        }
    }

    private Answer route(Call call) {
        String what = call.method() + " " + call.path();
        var one = FAULT.matcher(call.path());
        if (call.method().equals("DELETE") && one.matches()) {
            if (!faults.remove(Long.parseLong(one.group(1)))) {
                throw Problem.notFound(call.path());
            }
            return faults();
        }
        switch (what) {
            case "GET " + PREFIX:
                return about();
            case "GET " + PREFIX + "/machines":
                return machines();
            case "GET " + PREFIX + "/calls":
                return calls(call);
            case "DELETE " + PREFIX + "/calls":
                calls.clear();
                return calls(call);
            case "GET " + PREFIX + "/faults":
                return faults();
            case "POST " + PREFIX + "/faults":
                return arm(call);
            case "DELETE " + PREFIX + "/faults":
                faults.clear();
                return faults();
            default:
                throw Problem.notFound(call.path());
        }
    }

    private Answer about() {
        return Answer.ok(Views.object()
                .put("generation", config.generation())
                .put("namespaces", plane.namespaces())
                .put("state", plane.root().toString())
                .put("machines", plane.machines().list().size())
                .put("calls", calls.list().size()));
    }

    private Answer machines() {
        ObjectNode answer = Views.object();
        ArrayNode items = answer.putArray("items");
        plane.machines().inspect().forEach(machine -> {
            ObjectNode item = items.addObject()
                    .put("machine_id", machine.id())
                    .put("phase", machine.phase())
                    .put("home", machine.home().toString())
                    .put("wakes", machine.wakes());
            ArrayNode pids = item.putArray("pids");
            machine.pids().forEach(pids::add);
        });
        return Answer.ok(answer);
    }

    private Answer calls(Call call) {
        List<CallLog.Call> found;
        try {
            found = calls.calls(
                    call.parameter("method").orElse(null),
                    call.parameter("path").orElse(".*"));
        } catch (PatternSyntaxException e) {
            throw Problem.invalid("query.path", e.getMessage(), null);
        }
        ObjectNode answer = Views.object().put("count", found.size());
        ArrayNode items = answer.putArray("items");
        for (CallLog.Call one : found) {
            items.addObject()
                    .put("at", one.at().toString())
                    .put("method", one.method())
                    .put("path", one.path())
                    .put("query", one.query())
                    .put("idempotency_key", one.idempotencyKey())
                    .put("status", one.status());
        }
        return Answer.ok(answer);
    }

    private Answer faults() {
        ObjectNode answer = Views.object();
        ArrayNode items = answer.putArray("items");
        for (FaultControl.Armed armed : faults.list()) {
            items.addObject()
                    .put("id", armed.id())
                    .put("times_left", armed.timesLeft())
                    .set("fault", json.valueToTree(armed.fault()));
        }
        return Answer.ok(answer);
    }

    private Answer arm(Call call) {
        try {
            JsonNode given = json.readTree(call.body());
            Fault fault = json.treeToValue(given, Fault.class);
            long id = faults.add(fault);
            return Answer.json(201, Views.object().put("id", id).set("fault", json.valueToTree(fault)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            String message = e instanceof JsonProcessingException parse ? parse.getOriginalMessage() : e.getMessage();
            throw new Problem(400, "Bad Request", "That is no fault: " + message, List.of());
        }
    }
}
