package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.Decision;
import io.jenkins.plugins.dedalus.proxy.spi.Gatekeeper;
import io.jenkins.plugins.dedalus.proxy.spi.ViewerRequest;
import io.vertx.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** Asks a gatekeeper, and comes back to the event loop with what it says. */
final class Gatekeepers {
    private Gatekeepers() {}

    /** @param decided gets the decision, or null and the problem; on the loop, at once if the decision is there at once */
    static void ask(
            Gatekeeper gatekeeper, ViewerRequest request, Context loop, BiConsumer<Decision, Throwable> decided) {
        CompletionStage<Decision> decision;
        try {
            decision = gatekeeper.admit(request);
        } catch (RuntimeException e) {
            decided.accept(null, e);
            return;
        }
        CompletableFuture<Decision> future = decision.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            decided.accept(future.join(), null);
        } else {
            future.whenComplete((d, e) -> loop.runOnContext(v -> decided.accept(d, e)));
        }
    }
}
