package io.jenkins.plugins.dedalus.emulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One execution and the events it made. Guarded by its own monitor. */
final class EmulatedExecution {
    private static final int CHUNK_LIMIT = 4 * 1024 * 1024;

    final String id;
    final String machineId;
    final List<String> command;
    final String cwd;
    final List<String> envKeys;
    final Instant createdAt;
    String status = "queued";
    Instant startedAt;
    Instant completedAt;
    Integer exitCode;
    String signal;
    String errorCode;
    String errorMessage;
    Process process;
    boolean cancelled;
    boolean expired;
    final StringBuilder stdout = new StringBuilder();
    final StringBuilder stderr = new StringBuilder();
    final List<ObjectNode> events = new ArrayList<>();

    EmulatedExecution(
            String id, String machineId, List<String> command, String cwd, List<String> envKeys, Instant createdAt) {
        this.id = id;
        this.machineId = machineId;
        this.command = command;
        this.cwd = cwd;
        this.envKeys = envKeys;
        this.createdAt = createdAt;
    }

    synchronized void output(String type, String chunk, Instant at) {
        StringBuilder whole = type.equals("stdout") ? stdout : stderr;
        if (whole.length() < CHUNK_LIMIT) {
            whole.append(chunk);
        }
        event(type, at).put("chunk", chunk);
    }

    synchronized void enter(String next, Instant at) {
        status = next;
        ObjectNode event = event("lifecycle", at).put("status", next);
        if (exitCode != null) {
            event.put("exit_code", exitCode);
        }
        if (signal != null) {
            event.put("signal", signal);
        }
        if (errorCode != null) {
            event.put("error_code", errorCode).put("error_message", errorMessage);
        }
    }

    synchronized boolean finished() {
        return completedAt != null;
    }

    private ObjectNode event(String type, Instant at) {
        ObjectNode event = JsonNodeFactory.instance.objectNode();
        event.put("sequence", events.size() + 1).put("type", type).put("at", at.toString());
        events.add(event);
        return event;
    }

    synchronized ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("execution_id", id).put("machine_id", machineId).put("status", status);
        command.forEach(json.withArray("/command")::add);
        if (cwd != null) {
            json.put("cwd", cwd);
        }
        envKeys.forEach(json.withArray("/env_keys")::add);
        json.put("created_at", createdAt.toString());
        if (startedAt != null) {
            json.put("started_at", startedAt.toString());
        }
        if (completedAt != null) {
            json.put("completed_at", completedAt.toString());
        }
        if (exitCode != null) {
            json.put("exit_code", exitCode);
        }
        if (signal != null) {
            json.put("signal", signal);
        }
        if (errorCode != null) {
            json.put("error_code", errorCode).put("error_message", errorMessage);
        }
        json.put("stdout_bytes", stdout.length()).put("stderr_bytes", stderr.length());
        return json;
    }
}
