package io.jenkins.plugins.dedalus.emulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.net.NetServer;
import java.time.Instant;

/** One preview of a machine's port. */
final class EmulatedPreview {
    final String id;
    final String machineId;
    final int port;
    final String protocol;
    final String visibility;
    final Instant createdAt;
    volatile String status = "wake_in_progress";
    volatile String url;
    volatile Instant readyAt;
    volatile NetServer listener;

    EmulatedPreview(String id, String machineId, int port, String protocol, String visibility, Instant createdAt) {
        this.id = id;
        this.machineId = machineId;
        this.port = port;
        this.protocol = protocol;
        this.visibility = visibility;
        this.createdAt = createdAt;
    }

    ObjectNode json(boolean asPort) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put(asPort ? "port_id" : "preview_id", id).put("machine_id", machineId).put("port", port);
        json.put("protocol", protocol);
        if (!asPort) {
            json.put("visibility", visibility);
        }
        json.put("status", status);
        if (url != null && status.equals("ready")) {
            json.put("url", url);
        }
        json.put("created_at", createdAt.toString());
        if (readyAt != null) {
            json.put("ready_at", readyAt.toString());
        }
        if (status.equals("wake_in_progress")) {
            json.put("retry_after_ms", 200);
        }
        return json;
    }
}
