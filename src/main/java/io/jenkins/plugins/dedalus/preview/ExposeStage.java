package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.NotFoundException;
import io.jenkins.plugins.dedalus.client.Preview;
import io.jenkins.plugins.dedalus.client.PreviewCreate;
import io.jenkins.plugins.dedalus.client.PreviewStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Gives each port its preview URL; what is there already is used again, so that URLs stay. */
final class ExposeStage {
    private static final Set<PreviewStatus> OVER =
            Set.of(PreviewStatus.CLOSED, PreviewStatus.EXPIRED, PreviewStatus.FAILED);

    private final EnsureOperation operation;
    private final EngineParts parts;
    private final Desk desk;
    private final PreviewRequest request;

    ExposeStage(EnsureOperation operation, PreviewRequest request) {
        this.operation = operation;
        this.parts = operation.parts;
        this.desk = operation.desk;
        this.request = request;
    }

    Duration tick() {
        PreviewRecord record = desk.record();
        String machineId = record.machineId();
        List<Preview> existing = parts.client().previews().list(machineId, operation.options());
        Map<String, ExposedPort> exposed = new LinkedHashMap<>();
        for (Map.Entry<String, PortSpec> wanted : request.spec().ports().entrySet()) {
            Optional<Preview> found = matching(existing, wanted.getValue());
            if (found.isEmpty()) {
                return expose(machineId, existing, wanted.getKey(), wanted.getValue());
            }
            Preview preview = found.get();
            if (preview.url() == null || !ready(preview)) {
                return await(wanted.getKey(), preview);
            }
            checkUrl(preview);
            exposed.put(
                    wanted.getKey(),
                    new ExposedPort(
                            wanted.getKey(),
                            wanted.getValue().port(),
                            label(wanted.getKey()),
                            preview.previewId(),
                            preview.url(),
                            wanted.getValue().protocol(),
                            wanted.getValue().visibility()));
        }
        closeUnwanted(record, machineId, exposed);
        desk.save(changed -> changed.ports(exposed));
        return operation.advance(EnsureStage.DEPLOY);
    }

    /** Viewers are sent there, and the proxy connects to it. */
    private void checkUrl(Preview preview) {
        if (!preview.url().matches("https?://[A-Za-z0-9.\\[\\]:-]+(/[!-~]*)?")) {
            throw new PreviewException("Dedalus gave port " + preview.port() + " of preview "
                    + desk.key().id() + " a URL that is no http address. Tear the preview down and build again.");
        }
    }

    private static boolean ready(Preview preview) {
        return preview.status().equals(PreviewStatus.READY) || !preview.status().known();
    }

    /** Generation 3 says nothing of visibility: whatever is there matches. */
    private static Optional<Preview> matching(List<Preview> existing, PortSpec wanted) {
        return existing.stream()
                .filter(preview -> preview.port() == wanted.port() && !OVER.contains(preview.status()))
                .filter(preview -> preview.visibility() == null
                        || preview.visibility().equals(wanted.visibility())
                        || "unknown".equals(preview.visibility().value()))
                .findFirst();
    }

    private Duration expose(String machineId, List<Preview> existing, String name, PortSpec wanted) {
        List<Preview> over = existing.stream()
                .filter(preview -> preview.port() == wanted.port() && OVER.contains(preview.status()))
                .toList();
        if (!over.isEmpty()
                && operation.stageTook().compareTo(request.spec().limits().expose()) > 0) {
            return await(name, over.get(over.size() - 1));
        }
        for (Preview preview : existing) {
            if (preview.port() == wanted.port() && !OVER.contains(preview.status())) {
                operation.progress.line("port " + wanted.port() + " changes its visibility from "
                        + preview.visibility().value() + " to "
                        + wanted.visibility().value() + ": its Dedalus URL changes");
                unexpose(machineId, preview.previewId());
            }
        }
        String key = desk.operation().callKey();
        String prefix = "expose-" + wanted.port() + "-";
        if (key == null || !key.startsWith(prefix)) {
            key = prefix + UUID.randomUUID();
            String intended = key;
            desk.saveOperation(op -> op.withCallKey(intended));
        }
        String sent = key;
        Preview made = parts.call("expose", () -> parts.client()
                .previews()
                .create(
                        machineId,
                        new PreviewCreate(wanted.port(), wanted.protocol(), wanted.visibility()),
                        operation.options().withIdempotencyKey(sent)));
        desk.saveOperation(op -> op.withCallKey(null));
        operation.progress.line("port " + wanted.port() + " (" + name + ") is exposed as " + made.previewId());
        // One that failed before may fail again at once: then there has to be a pause.
        return over.isEmpty() ? Duration.ZERO : operation.idle();
    }

    private Duration await(String name, Preview preview) {
        if (operation.stageTook().compareTo(request.spec().limits().expose()) > 0) {
            throw new PreviewException("Port " + preview.port() + " (" + name + ") of preview "
                    + desk.key().id() + " got no URL within "
                    + request.spec().limits().expose().toSeconds() + " s: Dedalus says "
                    + preview.status().value()
                    + (preview.errorMessage() == null ? "" : ", " + preview.errorMessage()) + ". Build again.");
        }
        Long asked = preview.retryAfterMs();
        return asked == null ? operation.idle() : Duration.ofMillis(Math.min(Math.max(asked, 1), 10_000));
    }

    private void closeUnwanted(PreviewRecord record, String machineId, Map<String, ExposedPort> exposed) {
        for (ExposedPort old : record.ports().values()) {
            boolean stays = exposed.values().stream().anyMatch(port -> port.port() == old.port());
            if (!stays && old.previewId() != null) {
                unexpose(machineId, old.previewId());
                operation.progress.line("port " + old.port() + " (" + old.name() + ") is not exposed any more");
            }
        }
    }

    private void unexpose(String machineId, String previewId) {
        try {
            parts.call("unexpose", () -> parts.client().previews().delete(machineId, previewId, operation.options()));
        } catch (NotFoundException e) {
            operation.progress.line("preview URL " + previewId + " was gone already");
        }
    }

    private String label(String name) {
        return name.equals(request.spec().mainPortName()) ? request.label() : request.label() + "--" + name;
    }
}
