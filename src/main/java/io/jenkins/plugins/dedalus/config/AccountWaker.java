package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.preview.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.WakeGate;
import io.jenkins.plugins.dedalus.preview.WakeTarget;
import io.jenkins.plugins.dedalus.proxy.Route;
import io.jenkins.plugins.dedalus.proxy.WakeRefusedException;
import io.jenkins.plugins.dedalus.proxy.Waker;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The data plane's wakes go through the same gate as everybody else's in this Jenkins. */
final class AccountWaker implements Waker {
    private static final int GONE = 410;
    private static final int UNAVAILABLE = 503;
    private static final int TIMEOUT = 504;

    private final AccountDirectory directory;

    AccountWaker(AccountDirectory directory) {
        this.directory = directory;
    }

    private Optional<WakeGate> gate(Route route) {
        return directory.engine(route).map(AccountEngine::gate);
    }

    @Override
    public boolean believedActive(Route route) {
        return gate(route)
                .map(gate -> gate.believedActive(route.machineId(), route.autosleep()))
                .orElse(false);
    }

    @Override
    public CompletionStage<Void> wake(Route route) {
        Optional<AccountEngine> engine = directory.engine(route);
        if (engine.isEmpty()) {
            return CompletableFuture.failedFuture(
                    new WakeRefusedException(GONE, Messages.AccountWaker_gone(route.label()), null, null));
        }
        WakeTarget target = new WakeTarget(
                route.machineId(),
                route.autosleep(),
                route.upstream(),
                route.healthPath(),
                startPath(engine.get(), route));
        return engine.get().gate().wake(target).handle((awake, failure) -> {
            if (failure != null) {
                throw refused(failure);
            }
            return null;
        });
    }

    private static String startPath(AccountEngine engine, Route route) {
        boolean startable = engine.ledger().list().stream()
                .filter(record -> route.machineId().equals(record.machineId()))
                .anyMatch(PreviewRecord::startable);
        return startable ? PreviewRecord.START_PATH : null;
    }

    private static RuntimeException refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WakeFailedException wake) {
            int status =
                    switch (wake.kind()) {
                        case GONE -> GONE;
                        case TIMEOUT -> TIMEOUT;
                        case REFUSED, BACKING_OFF, FULL, CLOSED -> UNAVAILABLE;
                    };
            return new WakeRefusedException(status, wake.getMessage(), wake.retryAfter(), wake);
        }
        return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }

    @Override
    public void seenActive(Route route) {
        gate(route).ifPresent(gate -> gate.seenActive(route.machineId()));
    }

    @Override
    public void drop(Route route) {
        gate(route).ifPresent(gate -> gate.drop(route.machineId()));
    }

    @Override
    public Optional<Instant> wakingSince(Route route) {
        return gate(route).flatMap(gate -> gate.wakingSince(route.machineId()));
    }
}
