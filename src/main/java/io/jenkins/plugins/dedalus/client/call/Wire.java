package io.jenkins.plugins.dedalus.client.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.client.model.ComputeUsage;
import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionEvent;
import io.jenkins.plugins.dedalus.client.model.ExecutionOutput;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.Page;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.StorageUsage;
import io.jenkins.plugins.dedalus.client.model.UsageSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Answers of all API generations, read into the same values. */
public final class Wire {

    private static final List<String> STATUS_FIELDS = List.of(
            "phase",
            "reason",
            "retryable",
            "revision",
            "last_transition_at",
            "last_progress_at",
            "last_error",
            "memory_configured_mib",
            "memory_resize_state");
    private static final List<String> LIST_FIELDS = List.of("items", "rows", "data");

    private Wire() {}

    /** A machine whose phase is nested (generations 1 and 2, and reads of 3 and 4) or at the top level. */
    public static Machine machine(JsonNode node) {
        ObjectNode machine = object(node, "a machine").deepCopy();
        JsonNode status = machine.get("status");
        if (status == null || !status.isObject()) {
            ObjectNode nested = JsonNodeFactory.instance.objectNode();
            for (String field : STATUS_FIELDS) {
                if (machine.hasNonNull(field)) {
                    nested.set(field, machine.get(field));
                }
            }
            if (!nested.has("phase") && status != null && status.isTextual()) {
                nested.set("phase", status);
            }
            machine.set("status", nested);
        } else if (!status.hasNonNull("phase") && machine.hasNonNull("phase")) {
            ((ObjectNode) status).set("phase", machine.get("phase"));
        }
        Machine read = Json.as(machine, Machine.class);
        present(read.machineId(), "machine_id");
        return read;
    }

    /** What a create answered: once the id can be read, nothing else in the answer may hide the machine that it names. */
    public static Machine madeMachine(JsonNode node) {
        try {
            return machine(node);
        } catch (Json.UnexpectedShapeException e) {
            JsonNode id = node.path("machine_id");
            if (!id.isTextual() || !Paths.safe(id.asText())) {
                throw e;
            }
            return new Machine(id.asText(), 0, 0, 0, null, null, null, null);
        }
    }

    public static Execution execution(JsonNode node) {
        ObjectNode execution = object(node, "an execution").deepCopy();
        if (!execution.path("log_capture").isObject()) {
            execution.remove("log_capture");
        }
        Execution read = Json.as(execution, Execution.class);
        present(read.executionId(), "execution_id");
        return read;
    }

    public static ExecutionOutput output(JsonNode node) {
        return Json.as(object(node, "an execution's output"), ExecutionOutput.class);
    }

    public static ExecutionEvent event(JsonNode node) {
        return Json.as(object(node, "an event"), ExecutionEvent.class);
    }

    /** A preview (generations 1 and 2) or a port (3). */
    public static PreviewUrl preview(JsonNode node) {
        ObjectNode preview = object(node, "a preview").deepCopy();
        if (!preview.hasNonNull("preview_id") && preview.hasNonNull("port_id")) {
            preview.set("preview_id", preview.get("port_id"));
        }
        PreviewUrl read = Json.as(preview, PreviewUrl.class);
        present(read.previewId(), "preview_id");
        return read;
    }

    public static UsageSummary usageSummary(JsonNode node) {
        return Json.as(object(node, "a usage summary"), UsageSummary.class);
    }

    public static ComputeUsage computeUsage(JsonNode node) {
        return Json.as(object(node, "a usage row"), ComputeUsage.class);
    }

    public static StorageUsage storageUsage(JsonNode node) {
        return Json.as(object(node, "a usage row"), StorageUsage.class);
    }

    /** A list under {@code items} (usage: {@code rows}), where null stands for none. */
    public static <T> Page<T> page(JsonNode node, Function<JsonNode, T> reader) {
        JsonNode list = node;
        if (node.isObject()) {
            list = LIST_FIELDS.stream()
                    .filter(node::has)
                    .findFirst()
                    .map(node::get)
                    .orElse(null);
        }
        if (list == null) {
            throw new Json.UnexpectedShapeException("a list without items");
        }
        if (!list.isArray() && !list.isNull()) {
            throw new Json.UnexpectedShapeException("a list whose items are no list");
        }
        List<T> items = new ArrayList<>();
        for (JsonNode item : list) {
            if (!item.isNull()) {
                items.add(reader.apply(item));
            }
        }
        JsonNode cursor = node.get("next_cursor");
        return new Page<>(items, cursor == null || cursor.isNull() ? null : cursor.asText());
    }

    private static ObjectNode object(JsonNode node, String what) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new Json.UnexpectedShapeException("no object where " + what + " is due");
    }

    /** An id has to be there, and has to be one that later calls can name. */
    private static void present(String value, String field) {
        if (value == null || value.isBlank()) {
            throw new Json.UnexpectedShapeException("the field " + field + " is missing");
        }
        if (!Paths.safe(value)) {
            throw new Json.UnexpectedShapeException("the field " + field + " holds what can't be part of a URL");
        }
    }
}
