package io.jenkins.plugins.dedalus.listener;

import hudson.ExtensionList;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.proxy.access.Authority;
import io.jenkins.plugins.dedalus.proxy.access.Signer;
import io.jenkins.plugins.dedalus.proxy.access.ViewerAccess;
import io.jenkins.plugins.dedalus.proxy.spi.AccessMode;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Gatekeeper;
import java.util.Locale;
import jenkins.security.HMACConfidentialKey;

/**
 * Who decides about viewers of the controller's own listener. With access by Jenkins that is the {@link Authority} among
 * Jenkins' extensions, asked in this process; while there is none, nobody is admitted.
 */
final class ListenerViewers implements AutoCloseable {
    private static final HMACConfidentialKey KEY = new HMACConfidentialKey(ListenerViewers.class, "signer");

    private final EngineThreads threads = new EngineThreads("dedalus-viewers", 2);
    private final ViewerAccess access;

    /** @param viewerAccess how previews are protected, as the configuration names it */
    ListenerViewers(Directory directory, String viewerAccess) {
        ViewerAccess.Builder builder = ViewerAccess.builder()
                .directory(directory)
                .signer(new Signer(KEY.mac("cookies".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
                .scheduler(threads)
                .unknownHosts(AccessMode.valueOf(viewerAccess.toUpperCase(Locale.ROOT)));
        ExtensionList.lookup(Authority.class).stream().findFirst().ifPresent(builder::authority);
        access = builder.build();
    }

    Gatekeeper gatekeeper() {
        return access;
    }

    @Override
    public void close() {
        access.close();
        threads.close();
    }
}
