package io.jenkins.plugins.dedalus.proxy.spi;

import io.jenkins.plugins.dedalus.proxy.GateWaker;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The data plane's view of the wake gate: {@link GateWaker} in production. All methods are called on event loops and
 * must not block.
 */
public interface Waker {
    /** Whether the route's machine was seen active so recently that it can't sleep: a map look-up and one volatile read. */
    boolean believedActive(Route route);

    /**
     * Wakes the machine, or joins the wake under way. Completes once the app answers; fails with
     * {@link WakeRefusedException} or whatever went wrong. Each caller gets a stage of its own: cancelling it gives up the
     * place and leaves the wake and the others alone.
     */
    CompletionStage<Void> wake(Route route);

    /** The app answered just now. */
    void seenActive(Route route);

    /** Somebody's request reached the app: what nobody looks at is closed one day. */
    void viewed(Route route);

    /** Bytes pass that somebody waits for: meanwhile the machine is not put to sleep for another one. */
    void passing(Route route);

    /** The belief may be wrong, for a request failed: the next one goes through the gate. */
    void doubt(Route route);

    /** When the wake under way for this route's machine began; empty when none is. */
    Optional<Instant> wakingSince(Route route);
}
