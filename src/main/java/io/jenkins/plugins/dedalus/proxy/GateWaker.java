package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.preview.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.WakeGate;
import io.jenkins.plugins.dedalus.preview.WakeTarget;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The wake gate as the data plane wants it. */
public final class GateWaker implements Waker {
    private final WakeGate gate;
    private final Function<Route, String> startPath;

    /**
     * Makes one.
     *
     * @param startPath the start command left on a route's machine; null if there is none. Called on event loops.
     */
    public GateWaker(WakeGate gate, Function<Route, String> startPath) {
        this.gate = gate;
        this.startPath = startPath;
    }

    @Override
    public boolean believedActive(Route route) {
        return gate.believedActive(route.machineId(), route.autosleep());
    }

    @Override
    public CompletionStage<Void> wake(Route route) {
        WakeTarget target = new WakeTarget(
                route.machineId(), route.autosleep(), route.upstream(), route.healthPath(), startPath.apply(route));
        return gate.wake(target).handle((awake, failure) -> {
            if (failure != null) {
                throw refused(failure);
            }
            return null;
        });
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
