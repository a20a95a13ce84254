package io.jenkins.plugins.dedalus.router.metrics;

import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.wake.WakeListener;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.ProxyMetrics;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

/**
 * Counts for Prometheus. No label names a preview: with hundreds of short-lived previews that would be hundreds of
 * short-lived series. Counters are made up front, so that the hot path looks nothing up.
 */
public final class RouterMetrics implements ProxyMetrics {
    private static final String[] CLASSES = {"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"};
    private static final Duration[] WAKE_BUCKETS = seconds(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120);
    private static final Duration[] REQUEST_BUCKETS =
            seconds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Timer[] requests = new Timer[CLASSES.length];
    private final Map<Cause, Counter> errors = new EnumMap<>(Cause.class);
    private final Map<WakeFailedException.Kind, Timer> failedWakes = new EnumMap<>(WakeFailedException.Kind.class);
    private final Timer awake;
    private final Counter wakeCalls;
    private final Counter repairs;
    private final Counter waitingPages;
    private final Counter replays;
    private final AtomicInteger waiters;
    private final AtomicInteger tunnels;
    private final AtomicInteger inFlight;
    private final AtomicInteger upstreamConnections;

    /** Makes every meter. */
    public RouterMetrics() {
        for (int i = 0; i < CLASSES.length; i++) {
            requests[i] = Timer.builder("dedalus.requests")
                    .description("Viewers' requests by class of status, from head to last byte")
                    .tag("class", CLASSES[i])
                    .serviceLevelObjectives(REQUEST_BUCKETS)
                    .register(registry);
        }
        for (Cause cause : Cause.values()) {
            errors.put(
                    cause,
                    Counter.builder("dedalus.errors")
                            .description("Requests that did not get the upstream's whole answer, by cause")
                            .tag("cause", word(cause))
                            .register(registry));
        }
        for (WakeFailedException.Kind kind : WakeFailedException.Kind.values()) {
            failedWakes.put(kind, wakeTimer(word(kind)));
        }
        awake = wakeTimer("awake");
        wakeCalls = counter("dedalus.wake.calls", "Wake calls sent to Dedalus");
        repairs = counter("dedalus.repairs", "Apps started again after a wake that lost their memory");
        waitingPages = counter("dedalus.waiting.pages", "Waiting pages served");
        replays = counter("dedalus.replays", "Requests sent upstream once more after a stale belief");
        waiters = gauge("dedalus.waiters", "Requests waiting for a wake");
        tunnels = gauge("dedalus.tunnels", "Open WebSockets and other upgraded connections");
        inFlight = gauge("dedalus.in.flight", "Requests being forwarded");
        upstreamConnections = gauge("dedalus.upstream.connections", "Open connections to upstreams");
    }

    /** Adds the directory's size and age. */
    public void watch(Directory directory, Clock clock) {
        Gauge.builder("dedalus.routes", directory, Directory::size)
                .description("Preview hosts known")
                .register(registry);
        Gauge.builder("dedalus.directory.age.seconds", directory, d -> age(d, clock))
                .description("Seconds since the directory was last known to be true")
                .register(registry);
    }

    /** Adds the number of machines that the account has and no preview here owns. */
    public void watchOrphans(IntSupplier orphans) {
        Gauge.builder("dedalus.orphans", orphans, IntSupplier::getAsInt)
                .description("Machines of the account that no preview here owns")
                .strongReference(true)
                .register(registry);
    }

    private static double age(Directory directory, Clock clock) {
        return Duration.between(directory.asOf(), clock.instant()).toMillis() / 1000.0;
    }

    /** The Prometheus text format. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void requestFinished(Route route, int status, long nanos) {
        int index = status < 100 || status > 599 ? 0 : status / 100;
        requests[index].record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void failed(Route route, Cause cause) {
        errors.get(cause).increment();
    }

    @Override
    public void waiters(int delta) {
        waiters.addAndGet(delta);
    }

    @Override
    public void waitingPage(Route route) {
        waitingPages.increment();
    }

    @Override
    public void replayed(Route route) {
        replays.increment();
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

    /** What the wake gate reports to. Its waiters are the data plane's (which counts them itself) and other callers'. */
    public WakeListener wakes() {
        return new WakeListener() {
            @Override
            public void wakeCalled(String machineId) {
                wakeCalls.increment();
            }

            @Override
            public void repairStarted(String machineId) {
                repairs.increment();
            }

            @Override
            public void wakeEnded(String machineId, Duration took, WakeFailedException failure) {
                (failure == null ? awake : failedWakes.get(failure.kind())).record(took);
            }
        };
    }

    private Timer wakeTimer(String outcome) {
        return Timer.builder("dedalus.wake")
                .description("Wakes by outcome, from the first request to the app's answer")
                .tag("outcome", outcome)
                .serviceLevelObjectives(WAKE_BUCKETS)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private AtomicInteger gauge(String name, String description) {
        AtomicInteger value = new AtomicInteger();
        Gauge.builder(name, value, AtomicInteger::get).description(description).register(registry);
        return value;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Duration[] seconds(double... values) {
        Duration[] durations = new Duration[values.length];
        for (int i = 0; i < values.length; i++) {
            durations[i] = Duration.ofMillis(Math.round(values[i] * 1000));
        }
        return durations;
    }
}
