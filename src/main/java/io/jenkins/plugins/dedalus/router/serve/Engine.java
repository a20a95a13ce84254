package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.directory.RouteFeed;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminServer.Readiness;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import io.jenkins.plugins.dedalus.router.metrics.RouterMetrics;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** What a serving process runs on: a ledger of its own, or somebody else's list of routes. */
interface Engine extends AutoCloseable {
    /** Makes the engine that the configuration asks for; throws {@link StartException}, then nothing stays behind. */
    static Engine open(RouterConfig config, Map<String, String> environment, RouterMetrics metrics, Clock clock) {
        RouterParts foundation = RouterParts.open(config, environment, metrics, clock);
        try {
            return config.directory().source() == RouterConfig.Source.LEDGER
                    ? new OwningEngine(config, foundation, clock)
                    : new FollowingEngine(config, foundation, clock);
        } catch (RuntimeException e) {
            foundation.close();
            throw e;
        }
    }

    /** The engine's pool. */
    EngineScheduler scheduler();

    /** Where previews are looked up. */
    Directory directory();

    /** The data plane, not yet listening. */
    PreviewProxy proxy();

    /** What answers the admin API. */
    AdminApi adminApi();

    /** What routers that follow this one are told; empty where this one follows others. */
    default Optional<RouteFeed> feed() {
        return Optional.empty();
    }

    /** Whether viewers can be served. */
    Readiness readiness();

    /** For the line that {@code serve} prints. */
    String describe();

    /** Starts what works in the background. */
    void begin();

    @Override
    void close();
}
