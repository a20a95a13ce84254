package io.jenkins.plugins.dedalus.emulator;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** One machine: its sizes, its phase, its processes. Guarded by its own monitor. */
public final class EmulatedMachine {
    final String id;
    final Path directory;
    final Instant createdAt;
    double vcpu;
    int memoryMib;
    int storageGib;
    Duration autosleep;
    String desired = "running";
    String phase = "accepted";
    String reason = "";
    String lastError;
    boolean retryable;
    int revision = 1;
    Instant transition;
    Instant lastActivity;
    Instant awakeSince;
    Instant lastWake;
    double awakeSeconds;
    int runningExecutions;
    Sandbox sandbox;
    final Map<String, EmulatedExecution> executions = new LinkedHashMap<>();
    final Map<String, EmulatedPreview> previews = new LinkedHashMap<>();

    EmulatedMachine(String id, Path directory, Instant createdAt) {
        this.id = id;
        this.directory = directory;
        this.createdAt = createdAt;
        this.transition = createdAt;
        this.lastActivity = createdAt;
    }

    /** The machine's id. */
    public String id() {
        return id;
    }

    /** The phase now. */
    public synchronized String phase() {
        return phase;
    }

    /** The machine's home directory on the host. */
    public Path home() {
        return directory.resolve("home");
    }

    /** The host's pids of the processes inside. */
    public Set<Long> pids() {
        Sandbox now;
        synchronized (this) {
            now = sandbox;
        }
        return now == null ? Set.of() : now.pids();
    }

    synchronized void enter(String next, String why, Instant now) {
        if (phase.equals("running") && awakeSince != null && !next.equals("running")) {
            awakeSeconds += Duration.between(awakeSince, now).toMillis() / 1000.0;
            awakeSince = null;
        }
        if (next.equals("running")) {
            awakeSince = now;
            lastActivity = now;
        }
        phase = next;
        reason = why;
        transition = now;
        revision++;
        notifyAll();
    }

    synchronized void touch(Instant now) {
        lastActivity = now;
    }

    synchronized double awakeSeconds(Instant now) {
        return awakeSeconds + (awakeSince == null ? 0 : Duration.between(awakeSince, now).toMillis() / 1000.0);
    }

    synchronized ObjectNode json(boolean topLevelPhase, boolean withCreated) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("machine_id", id);
        json.put("vcpu", vcpu);
        json.put("memory_mib", memoryMib);
        json.put("storage_gib", storageGib);
        json.put("autosleep_seconds", autosleep == null ? 0 : autosleep.toSeconds());
        json.put("desired_state", desired);
        if (withCreated) {
            json.put("created_at", createdAt.toString());
        }
        if (topLevelPhase) {
            json.put("phase", phase);
            return json;
        }
        ObjectNode status = json.putObject("status");
        status.put("phase", phase);
        status.put("reason", reason);
        status.put("retryable", retryable);
        status.put("revision", Integer.toString(revision));
        status.put("last_transition_at", transition.toString());
        status.put("last_progress_at", transition.toString());
        if (lastError != null) {
            status.put("last_error", lastError);
        }
        return json;
    }
}
