package io.jenkins.plugins.dedalus.listener;

import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.config.SettingsInForce;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import java.util.Optional;

/** The routes of all preview hosts as the settings make them now; follows the ledgers as long as those stay. Thread-safe. */
final class HostDirectory implements AutoCloseable {
    private volatile Followed followed;

    /** The settings that routes are made with, and the routes. */
    private record Followed(String publicUrl, String viewerAccess, AccountDirectory directory) {
        boolean isOf(String url, String access) {
            return publicUrl.equals(url) && viewerAccess.equals(access);
        }
    }

    /** Empty while previews have no address of their own. */
    Optional<Directory> now() {
        SettingsInForce settings = DedalusGlobalConfiguration.get().inForce();
        if (settings.publicUrl() == null) {
            return Optional.empty();
        }
        Followed known = followed;
        boolean current = known != null && known.isOf(settings.publicUrl(), settings.viewerAccess());
        return Optional.of((current ? known : follow(settings)).directory());
    }

    private synchronized Followed follow(SettingsInForce settings) {
        if (followed != null && followed.isOf(settings.publicUrl(), settings.viewerAccess())) {
            return followed;
        }
        close();
        Followed next = new Followed(
                settings.publicUrl(),
                settings.viewerAccess(),
                new AccountDirectory(PreviewEngines.get(), settings.publicUrl(), settings.viewerAccess()));
        followed = next;
        return next;
    }

    /** Follows no more, until it is asked again. */
    @Override
    public synchronized void close() {
        if (followed != null) {
            followed.directory().close();
            followed = null;
        }
    }
}
