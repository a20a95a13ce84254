package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.preview.Awake;
import io.jenkins.plugins.dedalus.preview.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.WakeGate;
import io.jenkins.plugins.dedalus.preview.WakeTarget;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The wake gate as the data plane wants it. */
public final class GateWaker implements Waker {
    private final WakeGate gate;

    /** Wakes through this gate. */
    public GateWaker(WakeGate gate) {
        this.gate = gate;
    }

    /** What to wake for a serving route, and how to see that it is awake. */
    public static WakeTarget target(Route route) {
        return new WakeTarget(
                route.machineId(),
                route.autosleep(),
                route.upstream(),
                route.healthPath(),
                route.startPath(),
                route.takesViewerKey());
    }

    @Override
    public boolean believedActive(Route route) {
        return gate.believedActive(route.machineId(), route.autosleep());
    }

    /** Cancelling what it returns gives up the place in the gate and leaves the wake alone. */
    @Override
    public CompletionStage<Void> wake(Route route) {
        CompletableFuture<Awake> place = gate.wake(target(route));
        CompletableFuture<Void> told = place.handle((awake, failure) -> {
            if (failure != null) {
                throw refused(failure);
            }
            return null;
        });
        told.whenComplete((nothing, failure) -> {
            if (told.isCancelled()) {
                place.cancel(false);
            }
        });
        return told;
    }

    private static RuntimeException refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WakeFailedException wake) {
            int status =
                    switch (wake.kind()) {
                        case TIMEOUT -> 504;
                        case GONE -> 410;
                        case REFUSED, BACKING_OFF, FULL, CLOSED -> 503;
                    };
            return new WakeRefusedException(status, wake.getMessage(), wake.retryAfter(), wake);
        }
        return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }

    @Override
    public void seenActive(Route route) {
        gate.seenActive(route.machineId());
    }

    @Override
    public void doubt(Route route) {
        gate.doubt(route.machineId());
    }

    @Override
    public Optional<Instant> wakingSince(Route route) {
        return gate.wakingSince(route.machineId());
    }
}
