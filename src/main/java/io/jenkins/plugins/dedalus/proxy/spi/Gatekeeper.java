package io.jenkins.plugins.dedalus.proxy.spi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Decides who may see a preview. Asked for every request to a known, not closed host, before anything is woken, on an
 * event loop: it must not block. It owns everything under {@link Reserved#PATH_PREFIX} except
 * {@link Reserved#STATUS_PATH} (for which it is asked too; the data plane answers once it admits): a reserved path that it
 * admits is answered 404 and never forwarded.
 */
@FunctionalInterface
public interface Gatekeeper {
    /** Admits everybody. */
    Gatekeeper OPEN = request -> CompletableFuture.completedStage(Decision.ADMIT);

    /**
     * Decides. The stage may complete on any thread; completing at once is the fast path. Completing with an exception is
     * answered 503, never forwarded.
     */
    CompletionStage<Decision> admit(ViewerRequest request);

    /**
     * As what a host that leads nowhere is treated, so that whoever may not know can't tell it from a protected preview's:
     * public, it is answered 404; else {@link #admit} is asked for a route of that mode, and only who is admitted gets the
     * 404.
     */
    default AccessMode unknownHosts() {
        return AccessMode.PUBLIC;
    }
}
