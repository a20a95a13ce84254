package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.Route;

/**
 * Whether a stream carries what somebody waits for. The platform counts requests and no bytes: a machine would fall asleep in
 * the middle of a download. So while bytes pass, the app is asked for its health path before half of the autosleep is over, as
 * long as the settings allow. A connection that is merely open is no interest.
 */
final class Interest {
    private final Exchange exchange;
    private final DataPlane plane;
    private final long began;
    private boolean fresh;
    private boolean passed;

    Interest(Exchange exchange, DataPlane plane) {
        this.exchange = exchange;
        this.plane = plane;
        this.began = plane.coarseNow();
    }

    /** Bytes passed, in either direction. */
    void felt() {
        fresh = true;
        passed = true;
    }

    /** Looks whether the machine needs another request to stay awake; called about once a second. */
    void check(long now) {
        Route route = exchange.route();
        if (passed && exchange.right().isWanted() && now - began <= plane.keepAwakeNanos()) {
            plane.passing(route);
        }
        passed = false;
        if (!fresh
                || route.autosleep() == null
                || !exchange.right().isWanted()
                || now - began > plane.keepAwakeNanos()) {
            return;
        }
        if (plane.machines().hitLongAgo(route, now)) {
            fresh = false;
            plane.keepAwake(route);
        }
    }
}
