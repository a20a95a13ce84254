package io.jenkins.plugins.dedalus.router.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.client.model.Durations;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.preview.ledger.Lifetime;
import io.jenkins.plugins.dedalus.preview.ledger.OperationRecord;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ChangeContext;
import io.jenkins.plugins.dedalus.preview.model.Closing;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.proxy.access.AccessTable;
import io.jenkins.plugins.dedalus.proxy.directory.HostPattern;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import java.time.Instant;
import java.util.function.Supplier;

/** A preview as the admin API and {@code list --json} show it. */
final class PreviewJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HostPattern pattern;
    private final AccessMode access;
    private final boolean viewerKey;
    private final Supplier<Instant> now;

    /** @param now the time that lifetimes are counted by */
    PreviewJson(HostPattern pattern, AccessMode access, boolean viewerKey, Supplier<Instant> now) {
        this.pattern = pattern;
        this.access = access;
        this.viewerKey = viewerKey;
        this.now = now;
    }

    /** @param phase the machine's phase as read just now; null if it was not, or there's no machine */
    ObjectNode of(PreviewRecord record, MachinePhase phase) {
        ObjectNode json = JSON.createObjectNode();
        json.put("id", record.key().id())
                .put("label", record.label())
                .put("repository", record.key().repository())
                .put("changeId", record.key().changeId())
                .put("name", record.key().name())
                .put("state", record.state().name())
                .put("machineId", record.machineId())
                .put("machine", phase == null ? null : phase.value())
                .put("commit", record.commit());
        urls(json, record);
        change(json.putObject("change"), record.change());
        if (record.closing() != null) {
            closing(json.putObject("closing"), record.closing());
        }
        if (record.operation() != null) {
            operation(json.putObject("operation"), record.operation());
        }
        json.put("problem", record.problem());
        lifetime(json.putObject("lifetime"), record.lifetime());
        put(json, "createdAt", record.createdAt());
        put(json, "deployedAt", record.deployedAt());
        put(json, "updatedAt", record.updatedAt());
        return json;
    }

    private void urls(ObjectNode json, PreviewRecord record) {
        json.put("url", pattern.url(record.label()).toString());
        ObjectNode urls = json.putObject("urls");
        ObjectNode dedalus = JSON.createObjectNode();
        for (ExposedPort port : record.ports().values()) {
            urls.put(port.name(), pattern.url(port.label()).toString());
            if (port.url() != null
                    && AccessTable.of(access, port.visibility(), viewerKey).dedalusUrlShown()) {
                dedalus.put(port.name(), port.url());
            }
        }
        if (!dedalus.isEmpty()) {
            json.set("dedalusUrls", dedalus);
        }
    }

    private static void change(ObjectNode json, ChangeContext change) {
        if (change != null) {
            json.put("branch", change.branch())
                    .put("target", change.target())
                    .put("url", change.url())
                    .put("gitUrl", change.gitUrl())
                    .put("commit", change.commit())
                    .put("fork", change.fork());
        }
    }

    private void lifetime(ObjectNode json, Lifetime lifetime) {
        Instant time = now.get();
        json.put("ttl", lifetime.ttl() == null ? null : Durations.format(lifetime.ttl()));
        put(json, "seenAt", lifetime.seenAt());
        put(json, "expiresAt", lifetime.expiresAt());
        json.put("expiresSoon", lifetime.expiresSoon(time)).put("pinned", lifetime.pinnedAt(time));
        put(json, "pinnedUntil", lifetime.pinnedAt(time) ? lifetime.pinnedUntil() : null);
    }

    private static void closing(ObjectNode json, Closing closing) {
        json.put("confirmed", closing.confirmed())
                .put("unseen", closing.unseen())
                .put("reason", closing.reason());
        put(json, "since", closing.since());
        put(json, "deleteAt", closing.deleteAt());
    }

    private static void operation(ObjectNode json, OperationRecord operation) {
        json.put("kind", operation.kind().name())
                .put("stage", operation.stage())
                .put("commit", operation.commit());
        put(json, "since", operation.since());
    }

    private static void put(ObjectNode json, String key, Instant at) {
        json.put(key, at == null ? null : at.toString());
    }
}
