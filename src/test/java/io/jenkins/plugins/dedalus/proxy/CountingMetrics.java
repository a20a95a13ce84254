package io.jenkins.plugins.dedalus.proxy;

import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Remembers what the data plane counted. */
final class CountingMetrics implements ProxyMetrics {
    final AtomicInteger waiters = new AtomicInteger();
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger tunnels = new AtomicInteger();
    final AtomicInteger upstreamConnections = new AtomicInteger();
    final AtomicInteger finished = new AtomicInteger();
    final AtomicInteger waitingPages = new AtomicInteger();
    final AtomicInteger replayed = new AtomicInteger();
    private final Map<Cause, AtomicInteger> causes = new EnumMap<>(Cause.class);

    CountingMetrics() {
        for (Cause cause : Cause.values()) {
            causes.put(cause, new AtomicInteger());
        }
    }

    int failed(Cause cause) {
        return causes.get(cause).get();
    }

    @Override
    public void requestFinished(Route route, int status, long nanos) {
        finished.incrementAndGet();
    }

    @Override
    public void failed(Route route, Cause cause) {
        causes.get(cause).incrementAndGet();
    }

    @Override
    public void waiters(int delta) {
        waiters.addAndGet(delta);
    }

    @Override
    public void waitingPage(Route route) {
        waitingPages.incrementAndGet();
    }

    @Override
    public void replayed(Route route) {
        replayed.incrementAndGet();
    }

    @Override
    public void tunnels(int delta) {
        tunnels.addAndGet(delta);
    }

    @Override
    public void inFlight(int delta) {
        inFlight.addAndGet(delta);
    }

    @Override
    public void upstreamConnections(int delta) {
        upstreamConnections.addAndGet(delta);
    }
}
