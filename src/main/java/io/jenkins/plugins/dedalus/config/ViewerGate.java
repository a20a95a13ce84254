package io.jenkins.plugins.dedalus.config;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import io.jenkins.plugins.dedalus.proxy.Decision;
import io.jenkins.plugins.dedalus.proxy.Directory;
import io.jenkins.plugins.dedalus.proxy.Gatekeeper;
import java.util.concurrent.CompletableFuture;

/** Makes the one who decides about viewers of the controller's own listener when they need Jenkins' permission. */
public interface ViewerGate extends ExtensionPoint {
    /** Makes the gatekeeper of a listener that serves these routes. */
    Gatekeeper gatekeeper(Directory directory);

    /** The gatekeeper that a viewer access asks for. Access by Jenkins with nobody to ask admits nobody. */
    static Gatekeeper gatekeeper(String viewerAccess, Directory directory) {
        if (DedalusGlobalConfiguration.DEFAULT_ACCESS.equals(viewerAccess)) {
            return Gatekeeper.OPEN;
        }
        return ExtensionList.lookup(ViewerGate.class).stream()
                .findFirst()
                .map(gate -> gate.gatekeeper(directory))
                .orElse(request -> CompletableFuture.completedStage(Decision.text(503, Messages.ViewerGate_nobody())));
    }
}
