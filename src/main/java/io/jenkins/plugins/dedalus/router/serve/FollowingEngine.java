package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.PreviewProxy;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.router.admin.AdminApi;
import io.jenkins.plugins.dedalus.router.admin.AdminServer.Readiness;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.time.Clock;

/** An engine that serves and wakes what somebody else owns: Jenkins, other routers, or whoever writes the route file. */
final class FollowingEngine implements Engine {
    private final RouterParts foundation;
    private final Followed followed;
    private final Viewers viewers;

    FollowingEngine(RouterConfig config, RouterParts foundation, Clock clock) {
        this.foundation = foundation;
        this.followed = config.directory().source() == RouterConfig.Source.FILE
                ? new FollowedFile(config, foundation.threads(), clock)
                : new FollowedOwners(config, foundation.threads(), clock);
        this.viewers = viewers(config, clock);
        followed.listener(viewers.links()::recheck);
    }

    private Viewers viewers(RouterConfig config, Clock clock) {
        try {
            return Viewers.open(
                    config,
                    followed.directory(),
                    foundation.threads(),
                    clock,
                    followed.revocations(),
                    followed::authority);
        } catch (RuntimeException e) {
            followed.close();
            throw e;
        }
    }

    @Override
    public EngineScheduler scheduler() {
        return foundation.threads();
    }

    @Override
    public Directory directory() {
        return followed.directory();
    }

    @Override
    public PreviewProxy proxy() {
        return foundation.proxy(followed.directory(), viewers);
    }

    @Override
    public AdminApi adminApi() {
        return new RouteAdmin(followed, foundation.gate());
    }

    @Override
    public Readiness readiness() {
        return new Readiness(followed.loaded(), followed.describe());
    }

    @Override
    public String describe() {
        return followed.describe();
    }

    @Override
    public void begin() {
        followed.start();
    }

    @Override
    public void close() {
        viewers.close();
        followed.close();
        foundation.close();
    }
}
