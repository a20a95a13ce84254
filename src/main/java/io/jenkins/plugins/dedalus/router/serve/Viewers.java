package io.jenkins.plugins.dedalus.router.serve;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.proxy.access.Authority;
import io.jenkins.plugins.dedalus.proxy.access.HttpAuthority;
import io.jenkins.plugins.dedalus.proxy.access.ShareLinks;
import io.jenkins.plugins.dedalus.proxy.access.ViewerAccess;
import io.jenkins.plugins.dedalus.proxy.access.revocation.Revocations;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.router.config.RouterConfig;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Who may view, as the configuration says: the gatekeeper, and the links that go around it. */
final class Viewers implements AutoCloseable {
    private final ViewerAccess access;
    private final ShareLinks links;
    private final SigningKeys keys;

    private Viewers(ViewerAccess access, ShareLinks links, SigningKeys keys) {
        this.access = access;
        this.links = links;
        this.keys = keys;
    }

    /**
     * Reads, or makes, the signing keys; throws {@link StartException}.
     *
     * @param revocations what was withdrawn of the links
     * @param authority who knows the viewers in the mode jenkins; not asked for in another
     */
    static Viewers open(
            RouterConfig config,
            Directory directory,
            EngineScheduler scheduler,
            Clock clock,
            Revocations revocations,
            Supplier<Authority> authority) {
        SigningKeys keys = SigningKeys.open(config.access().keyFile(), scheduler);
        ShareLinks links = new ShareLinks(keys.signer(), revocations, clock);
        ViewerAccess.Builder access = ViewerAccess.builder()
                .directory(directory)
                .signer(keys.signer())
                .scheduler(scheduler)
                .clock(clock)
                .links(links);
        RouterConfig.Access wanted = config.access();
        access.unknownHosts(wanted.mode());
        switch (wanted.mode()) {
            case BASIC -> access.basic(wanted.user(), wanted.passwordHash());
            case JENKINS -> access.authority(authority.get());
            case PUBLIC -> {
                // Nobody has to prove anything.
            }
        }
        return new Viewers(access.build(), links, keys);
    }

    /** The Jenkins that {@code access.url} names. */
    static Authority authority(RouterConfig.Owner jenkins, String setting, Executor executor) {
        return new HttpAuthority(jenkins.url(), SecretFiles.firstLine(jenkins.tokenFile(), setting), executor);
    }

    ViewerAccess access() {
        return access;
    }

    ShareLinks links() {
        return links;
    }

    @Override
    public void close() {
        access.close();
        keys.close();
    }
}
