package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.ProxySettings;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.WakeRefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** One request's place in the queue for a wake: no thread, two timers. Leaving cancels nothing for the others. */
final class Waiter {
    private final Exchange exchange;
    private final DataPlane plane;
    private final ProxyParts parts;
    private long deadline;
    private long page;
    private CompletableFuture<Void> place;
    private boolean left;

    Waiter(Exchange exchange, DataPlane plane, ProxyParts parts) {
        this.exchange = exchange;
        this.plane = plane;
        this.parts = parts;
    }

    /** Joins the wake of the route's machine. */
    void begin(Route route, boolean navigation) {
        parts.metrics().waiters(1);
        ProxySettings settings = parts.settings();
        deadline = plane.setTimer(settings.wakeDeadline(), () -> end(() -> exchange.notWoken(tooLate(settings))));
        if (navigation) {
            page = plane.setTimer(settings.waitingPageAfter(), () -> end(exchange::showWaitingPage));
        }
        try {
            place = parts.waker().wake(route).toCompletableFuture();
            place.whenComplete((v, problem) -> plane.loop().runOnContext(x -> {
                if (problem == null) {
                    end(exchange::woken);
                } else {
                    end(() -> exchange.notWoken(problem));
                }
            }));
        } catch (RuntimeException e) {
            end(() -> exchange.notWoken(e));
        }
    }

    /** Gives up the place. */
    void leave() {
        if (!left) {
            left = true;
            plane.cancelTimer(deadline);
            plane.cancelTimer(page);
            parts.metrics().waiters(-1);
            if (place != null) {
                place.cancel(false);
            }
        }
    }

    private void end(Runnable then) {
        if (!left) {
            leave();
            then.run();
        }
    }

    private static WakeRefusedException tooLate(ProxySettings settings) {
        Duration waited = settings.wakeDeadline();
        return new WakeRefusedException(
                504, "The preview did not wake within " + waited.toSeconds() + " s. Try again.", null, null);
    }
}
