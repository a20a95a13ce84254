package io.jenkins.plugins.dedalus.emulator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import io.jenkins.plugins.dedalus.emulator.core.Execution;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.Phase;
import io.jenkins.plugins.dedalus.emulator.core.Preview;
import io.jenkins.plugins.dedalus.emulator.core.StateStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** What goes over the wire, in each generation's shape. */
final class Views {
    private static final Duration KEPT = Duration.ofDays(7);

    private Views() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A machine with its status; {@code memory}: with what became of its memory. */
    static ObjectNode machine(Machine.View machine, boolean memory) {
        ObjectNode json = spec(machine);
        ObjectNode status = json.putObject("status");
        status.put("phase", machine.phase().wire());
        status.put("reason", machine.reason());
        status.put("retryable", machine.retryable());
        status.put("revision", Long.toString(machine.revision()));
        status.put("last_transition_at", machine.transitionAt().toString());
        status.put("last_progress_at", machine.progressAt().toString());
        text(status, "last_error", machine.lastError());
        if (memory) {
            status.put("memory_configured_mib", machine.memoryMib());
            status.put("memory_target_mib", machine.memoryMib());
            status.put("memory_resize_state", machine.resizeState());
            if (machine.phase() == Phase.RUNNING) {
                status.put("memory_assigned_mib", machine.memoryMib());
            }
        }
        return json;
    }

    /** A machine as create, list, sleep and wake give it: from generation 3 on without its status. */
    static ObjectNode machineBriefly(Machine.View machine, Generation generation) {
        return generation.brief() ? spec(machine).put("phase", machine.phase().wire()) : machine(machine, false);
    }

    static ObjectNode listedMachine(Machine.View machine, Generation generation) {
        return machineBriefly(machine, generation)
                .put("created_at", machine.createdAt().toString());
    }

    private static ObjectNode spec(Machine.View machine) {
        return object().put("machine_id", machine.id())
                .put("vcpu", machine.vcpu())
                .put("memory_mib", machine.memoryMib())
                .put("storage_gib", machine.storageGib())
                .put("autosleep_seconds", machine.autosleepSeconds())
                .put("desired_state", machine.desired().wire());
    }

    /** An execution; {@code capture}: with what became of its output, and when it is forgotten. */
    static ObjectNode execution(Execution.View execution, boolean capture) {
        ObjectNode json = object().put("execution_id", execution.id())
                .put("machine_id", execution.machineId())
                .put("status", execution.status());
        strings(json.putArray("command"), execution.command());
        text(json, "cwd", execution.cwd());
        strings(json.putArray("env_keys"), execution.envKeys());
        json.put("created_at", execution.createdAt().toString());
        time(json, "started_at", execution.startedAt());
        time(json, "completed_at", execution.completedAt());
        number(json, "exit_code", execution.exitCode());
        number(json, "signal", execution.signal());
        text(json, "error_code", execution.errorCode());
        text(json, "error_message", execution.errorMessage());
        if (execution.retryAfterMillis() != null) {
            json.put("retry_after_ms", execution.retryAfterMillis());
        }
        if (capture) {
            json.set("log_capture", capture(execution));
            time(
                    json,
                    "expires_at",
                    execution.completedAt() == null
                            ? null
                            : execution.completedAt().plus(KEPT));
        }
        return json.put("stdout_bytes", execution.stdoutBytes())
                .put("stderr_bytes", execution.stderrBytes())
                .put("stdout_truncated", execution.stdoutTruncated())
                .put("stderr_truncated", execution.stderrTruncated());
    }

    private static ObjectNode capture(Execution.View execution) {
        ObjectNode capture = object();
        if (execution.completedAt() == null) {
            capture.put("state", "pending");
        } else if (execution.lostBytes() > 0) {
            capture.put("state", "incomplete")
                    .put("code", "log_buffer_overflow")
                    .put("lost_bytes", Long.toString(execution.lostBytes()));
        }
        return capture;
    }

    /** Where an execution's log stands. */
    static ObjectNode logs(Execution execution) {
        Execution.View view = execution.view();
        ObjectNode json = object().put("execution_id", view.id());
        json.set("capture", capture(view));
        json.putObject("publication")
                .put("complete", view.completedAt() != null)
                .put("queued_messages", 0)
                .put("state", view.completedAt() == null ? "active" : "closed");
        return json;
    }

    static ObjectNode output(Execution execution) {
        Execution.View view = execution.view();
        return object().put("execution_id", view.id())
                .put("stdout", execution.text(false))
                .put("stderr", execution.text(true))
                .put("stdout_bytes", view.stdoutBytes())
                .put("stderr_bytes", view.stderrBytes())
                .put("stdout_truncated", view.stdoutTruncated())
                .put("stderr_truncated", view.stderrTruncated());
    }

    static ObjectNode event(Execution.Event event) {
        ObjectNode json = object().put("sequence", event.sequence())
                .put("type", event.type())
                .put("at", event.at().toString());
        text(json, "chunk", event.chunk());
        text(json, "status", event.status());
        number(json, "exit_code", event.exitCode());
        number(json, "signal", event.signal());
        text(json, "error_code", event.errorCode());
        text(json, "error_message", event.errorMessage());
        return json;
    }

    static ObjectNode preview(Preview.View preview, Generation generation) {
        ObjectNode json = object();
        json.put(generation.ports() ? "port_id" : "preview_id", preview.id())
                .put("machine_id", preview.machineId())
                .put("port", preview.port())
                .put("protocol", preview.protocol());
        if (!generation.ports()) {
            json.put("visibility", preview.visibility());
        }
        json.put("status", preview.status());
        text(json, "url", preview.url());
        json.put("created_at", preview.createdAt().toString());
        time(json, "ready_at", preview.readyAt());
        if (preview.retryAfterMillis() != null) {
            json.put("retry_after_ms", preview.retryAfterMillis());
        }
        text(json, "error_code", preview.errorCode());
        text(json, "error_message", preview.errorMessage());
        return json;
    }

    /** A page of a list, whose items are null where there are none, as the API does. */
    static <T> ObjectNode page(List<T> all, long from, int limit, Function<T, ObjectNode> view) {
        ObjectNode json = object();
        int first = (int) Math.min(from, all.size());
        int last = Math.min(all.size(), first + limit);
        if (all.isEmpty()) {
            json.putNull("items");
        } else {
            ArrayNode items = json.putArray("items");
            all.subList(first, last).forEach(one -> items.add(view.apply(one)));
        }
        if (last < all.size()) {
            json.put("next_cursor", Parameters.cursor(last));
        }
        return json;
    }

    static ObjectNode refusal(ApiException refusal) {
        ObjectNode json = object().put("error_code", refusal.code())
                .put("message", refusal.getMessage())
                .put("retryable", refusal.retryable());
        if (refusal.retryAfterMillis() != null) {
            json.put("retry_after_ms", refusal.retryAfterMillis());
        }
        if (!refusal.details().isEmpty()) {
            json.set("details", StateStore.JSON.valueToTree(refusal.details()));
        }
        return json;
    }

    static ObjectNode problem(Problem problem) {
        ObjectNode json = object().put("type", "about:blank")
                .put("title", problem.title())
                .put("status", problem.status())
                .put("detail", problem.getMessage());
        if (!problem.details().isEmpty()) {
            ArrayNode errors = json.putArray("errors");
            for (Problem.Detail detail : problem.details()) {
                ObjectNode error =
                        errors.addObject().put("location", detail.location()).put("message", detail.message());
                JsonNode value = detail.value();
                if (value != null && !value.isMissingNode()) {
                    error.set("value", value);
                }
            }
        }
        return json;
    }

    private static void text(ObjectNode json, String name, String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void number(ObjectNode json, String name, Integer value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void time(ObjectNode json, String name, Instant value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }

    private static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
