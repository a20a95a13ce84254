package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.model.Protocol;
import io.jenkins.plugins.dedalus.client.model.Visibility;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.EnsureStage;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.PreviewSpec;
import io.jenkins.plugins.dedalus.preview.wake.ProbePatience;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until the preview URL answers: the gateway may say 502 to 504 for a while after the app serves, and without a start
 * command this is the only sign. A probe's answer is the next tick; nothing waits for it.
 */
final class EdgeStage {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** A probe that says nothing at all, so much after its own time, counts as unanswered. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final EnsureOperation operation;
    private final EngineContext parts;
    private final PreviewSpec spec;
    private final ProbePatience patience = new ProbePatience();
    private CompletableFuture<Boolean> probe;

    EdgeStage(EnsureOperation operation, PreviewSpec spec) {
        this.operation = operation;
        this.parts = operation.parts;
        this.spec = spec;
    }

    Duration tick() {
        ExposedPort main = operation.editor.record().mainPort();
        boolean reachable = Visibility.PUBLIC.equals(main.visibility()) && !Protocol.UNKNOWN.equals(main.protocol());
        if (!reachable) {
            return operation.advance(EnsureStage.DONE);
        }
        if (probe == null) {
            return ask(main);
        }
        boolean answers = probe.getNow(false);
        probe = null;
        return answers ? operation.advance(EnsureStage.DONE) : deaf(main);
    }

    private Duration ask(ExposedPort main) {
        Duration timeout = patience.ask(parts.scheduler().nanoTime());
        probe = parts.probe()
                .answers(URI.create(main.url()), spec.healthPath(), false, timeout)
                .toCompletableFuture()
                .handle((answers, failure) -> failure == null && Boolean.TRUE.equals(answers));
        probe.thenRun(operation::nudge);
        return timeout.plus(SILENCE);
    }

    private Duration deaf(ExposedPort main) {
        patience.unanswered(parts.scheduler().nanoTime());
        boolean ownStart = spec.start() != null;
        Duration limit = ownStart ? LIMIT : spec.limits().start();
        if (operation.stageTook().compareTo(limit) <= 0) {
            return operation.idle();
        }
        String sentence = "The preview URL of " + operation.editor.key().id() + " (port " + main.port()
                + ") did not answer " + spec.healthPath() + " within " + limit.toSeconds() + " s";
        if (!ownStart) {
            throw new PreviewException(sentence + "; the scripts have to start an app that listens there.");
        }
        operation.progress.line(
                sentence + ", though the app serves inside the machine. Dedalus may still be setting it up.");
        return operation.advance(EnsureStage.DONE);
    }
}
