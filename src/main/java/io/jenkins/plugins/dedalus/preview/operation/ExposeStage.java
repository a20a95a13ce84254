package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.call.IdempotencyKeys;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlStatus;
import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.EnsureStage;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PortSpec;
import io.jenkins.plugins.dedalus.preview.model.PreviewRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gives each port its preview URL; what is there already is used again, so that URLs stay. */
final class ExposeStage {
    private static final Set<PreviewUrlStatus> OVER =
            Set.of(PreviewUrlStatus.CLOSED, PreviewUrlStatus.EXPIRED, PreviewUrlStatus.FAILED);

    private final EnsureOperation operation;
    private final EngineContext parts;
    private final RecordEditor editor;
    private final PreviewRequest request;
    private final Set<String> made = new HashSet<>();

    ExposeStage(EnsureOperation operation, PreviewRequest request) {
        this.operation = operation;
        this.parts = operation.parts;
        this.editor = operation.editor;
        this.request = request;
    }

    Duration tick() {
        PreviewRecord record = editor.record();
        String machineId = record.machineId();
        List<PreviewUrl> existing = parts.client().previews().list(machineId, operation.options());
        Map<String, ExposedPort> exposed = new LinkedHashMap<>();
        List<PreviewUrl> ready = new ArrayList<>();
        for (Map.Entry<String, PortSpec> wanted : request.spec().ports().entrySet()) {
            Optional<PreviewUrl> found = matching(record, existing, wanted.getValue());
            if (found.isEmpty()) {
                return expose(record, existing, wanted.getKey(), wanted.getValue());
            }
            PreviewUrl preview = found.get();
            if (preview.url() == null || !ready(preview)) {
                return await(wanted.getKey(), preview);
            }
            checkUrl(preview);
            ready.add(preview);
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
        ready.stream()
                .filter(preview -> preview.expiresAt() != null)
                .forEach(preview -> operation.progress.line("the Dedalus URL of port " + preview.port() + " ends at "
                        + preview.expiresAt() + "; build again before then"));
        closeUnwanted(record, machineId, exposed);
        editor.save(changed -> changed.ports(exposed));
        return operation.advance(EnsureStage.DEPLOY);
    }

    /** Viewers are sent there, and the proxy connects to it. */
    private void checkUrl(PreviewUrl preview) {
        if (!preview.url().matches("https?://[A-Za-z0-9.\\[\\]:-]+(/[!-~]*)?")) {
            throw new PreviewException("Dedalus gave port " + preview.port() + " of preview "
                    + editor.key().id() + " a URL that is no http address. Tear the preview down and build again.");
        }
    }

    private static boolean ready(PreviewUrl preview) {
        return preview.status().equals(PreviewUrlStatus.READY)
                || !preview.status().known();
    }

    private Optional<PreviewUrl> matching(PreviewRecord record, List<PreviewUrl> existing, PortSpec wanted) {
        return existing.stream()
                .filter(preview -> preview.port() == wanted.port() && !OVER.contains(preview.status()))
                .filter(preview -> hasVisibility(preview, wanted) && speaks(record, preview, wanted))
                .findFirst();
    }

    /** Generation 3 says nothing of visibility: whatever is there matches. */
    private static boolean hasVisibility(PreviewUrl preview, PortSpec wanted) {
        return preview.visibility() == null
                || preview.visibility().equals(wanted.visibility())
                || "unknown".equals(preview.visibility().value());
    }

    /** What was made a moment ago is as it was asked for, whatever Dedalus calls it: it isn't made anew for ever. */
    private boolean speaks(PreviewRecord record, PreviewUrl preview, PortSpec wanted) {
        Protocol protocol = protocol(record, preview);
        return made.contains(preview.previewId()) || protocol == null || protocol.equals(wanted.protocol());
    }

    /** As Dedalus says, or as it was asked for; null if neither is known. */
    private static Protocol protocol(PreviewRecord record, PreviewUrl preview) {
        if (preview.protocol() != null && !Protocol.UNKNOWN.equals(preview.protocol())) {
            return preview.protocol();
        }
        return record.ports().values().stream()
                .filter(port -> preview.previewId().equals(port.previewId()))
                .map(ExposedPort::protocol)
                .filter(protocol -> !Protocol.UNKNOWN.equals(protocol))
                .findFirst()
                .orElse(null);
    }

    private Duration expose(PreviewRecord record, List<PreviewUrl> existing, String name, PortSpec wanted) {
        String machineId = record.machineId();
        List<PreviewUrl> over = existing.stream()
                .filter(preview -> preview.port() == wanted.port() && OVER.contains(preview.status()))
                .toList();
        if (!over.isEmpty()
                && operation.stageTook().compareTo(request.spec().limits().expose()) > 0) {
            return await(name, over.get(over.size() - 1));
        }
        for (PreviewUrl preview : existing) {
            if (preview.port() == wanted.port() && !OVER.contains(preview.status())) {
                operation.progress.line("port " + wanted.port() + " changes its "
                        + (hasVisibility(preview, wanted)
                                ? "protocol from " + protocol(record, preview) + " to " + wanted.protocol()
                                : "visibility from " + preview.visibility() + " to " + wanted.visibility())
                        + ": its Dedalus URL changes");
                unexpose(machineId, preview.previewId());
            }
        }
        String key = editor.operation().callKey();
        String prefix = "expose-" + wanted.port() + ":";
        if (key == null || !key.startsWith(prefix)) {
            key = prefix + IdempotencyKeys.next(parts.now());
            String intended = key;
            editor.saveOperation(op -> op.withCallKey(intended));
        }
        String sent = key.substring(prefix.length());
        PreviewUrl exposed = parts.call("expose", () -> parts.client()
                .previews()
                .create(
                        machineId,
                        new PreviewUrlCreate(wanted.port(), wanted.protocol(), wanted.visibility()),
                        operation.urgent().withIdempotencyKey(sent)));
        made.add(exposed.previewId());
        editor.saveOperation(op -> op.withCallKey(null));
        operation.progress.line("port " + wanted.port() + " (" + name + ") is exposed as " + exposed.previewId());
        // One that failed before may fail again at once: then there has to be a pause.
        return over.isEmpty() ? Duration.ZERO : operation.idle();
    }

    private Duration await(String name, PreviewUrl preview) {
        if (operation.stageTook().compareTo(request.spec().limits().expose()) > 0) {
            throw new PreviewException("Port " + preview.port() + " (" + name + ") of preview "
                    + editor.key().id() + " got no URL within "
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
