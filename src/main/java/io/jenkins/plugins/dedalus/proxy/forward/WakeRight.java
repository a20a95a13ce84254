package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics.Cause;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.jenkins.plugins.dedalus.proxy.spi.WakePolicy;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/** Whether one exchange may wake its machine, and what it is told if it may not. */
final class WakeRight {
    private static final Duration UNTIL_SOMEBODY_LOOKS = Duration.ofSeconds(30);

    private final Exchange exchange;
    private final ProxyParts parts;
    private boolean pagesOwn;

    WakeRight(Exchange exchange, ProxyParts parts) {
        this.exchange = exchange;
        this.parts = parts;
    }

    /** Takes note of the request, now that it is admitted. Whether its machine is believed to be awake. */
    boolean judge() {
        Route route = exchange.route();
        HttpServerRequest request = exchange.request();
        String uri = exchange.verdict().uri();
        String client = exchange.viewer().address();
        pagesOwn = parts.polls()
                .isOwn(
                        route.host(),
                        client,
                        request.method(),
                        uri,
                        request.headers(),
                        exchange.isUpgrade(),
                        System.nanoTime());
        boolean awake = parts.waker().believedActive(route);
        if (awake) {
            parts.polls().awake(route.host(), client, uri);
        }
        return awake;
    }

    /** One that a page makes by itself only joins a wake that others began. */
    boolean mayWake() {
        return isWanted()
                && !(pagesOwn && parts.waker().wakingSince(exchange.route()).isEmpty());
    }

    /** Whether somebody is likely to wait for the answer: not of a preflight, a favicon or a bot. */
    boolean isWanted() {
        HttpServerRequest request = exchange.request();
        return !exchange.isPreflight()
                && WakePolicy.mayWake(
                        request.method(),
                        exchange.verdict().uri(),
                        request.headers(),
                        exchange.route().access());
    }

    /** Whether somebody looks at the preview with it: what a page asks by itself is none. */
    boolean isLook() {
        return isWanted() && !pagesOwn;
    }

    /** Says that the machine sleeps and goes on sleeping. */
    void refuse() {
        if (pagesOwn) {
            exchange.reply()
                    .unavailable(
                            503,
                            Cause.NOT_WOKEN,
                            "The preview sleeps; what a page asks by itself does not wake it. Load the page again.",
                            UNTIL_SOMEBODY_LOOKS);
        } else {
            exchange.reply()
                    .unavailable(
                            503, Cause.NOT_WOKEN, "The preview sleeps; this kind of request does not wake it.", null);
        }
    }
}
