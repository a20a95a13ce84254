package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import io.jenkins.plugins.dedalus.preview.wake.Awake;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.WakeRefusedException;
import io.jenkins.plugins.dedalus.proxy.spi.Waker;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The wake gate as the data plane wants it. */
public final class GateWaker implements Waker {
    private static final Duration AFTER_A_BUILD = Duration.ofSeconds(30);

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
            // What Dedalus said of the machine and the key is for the operator, who reads it in the log.
            return switch (wake.kind()) {
                case TIMEOUT -> refused(504, "The preview was not awake in time. Try again.", wake);
                // Not 410: the change request is open, and its next build serves at this address again.
                case GONE ->
                    new WakeRefusedException(
                            503,
                            "The machine of this preview is gone, or not known any more. Build the change request again to"
                                    + " get a new one.",
                            AFTER_A_BUILD,
                            wake);
                case REFUSED, BACKING_OFF -> refused(503, "The preview can't be woken just now. Try again.", wake);
                case NO_ROOM ->
                    refused(
                            503,
                            "As many previews are awake as may be, and all of them are in use. Try again when one sleeps.",
                            wake);
                case FULL -> refused(503, "Too much is being woken at once. Try again.", wake);
                case CLOSED -> refused(503, "The router is stopping. Try again.", wake);
            };
        }
        return cause instanceof RuntimeException runtime ? runtime : new CompletionException(cause);
    }

    private static WakeRefusedException refused(int status, String sentence, WakeFailedException wake) {
        return new WakeRefusedException(status, sentence, wake.retryAfter(), wake);
    }

    @Override
    public void seenActive(Route route) {
        gate.seenActive(route.machineId());
    }

    @Override
    public void viewed(Route route) {
        gate.viewed(route.machineId());
    }

    @Override
    public void passing(Route route) {
        gate.passing(route.machineId());
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
