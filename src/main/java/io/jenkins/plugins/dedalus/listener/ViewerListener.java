package io.jenkins.plugins.dedalus.listener;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.init.Terminator;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.config.Moment;
import io.jenkins.plugins.dedalus.config.SettingsListener;
import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The listener of this Jenkins and the hosts that lead somewhere, for as long as Jenkins runs. Thread-safe. */
@Extension
@Restricted(NoExternalUse.class)
public final class ViewerListener implements SettingsListener {
    private final EmbeddedListener listener = new EmbeddedListener();
    private final HostDirectory hosts = new HostDirectory();

    /** The one of this Jenkins. */
    public static ViewerListener get() {
        return ExtensionList.lookupSingleton(ViewerListener.class);
    }

    /** Listens as configured. Problems are told by the monitors and the log; Jenkins starts anyway. */
    @Initializer(after = InitMilestone.JOB_LOADED)
    public static void start() {
        Moment.wait(get().listener.follow().thenCompose(done -> SettingsListener.told()));
    }

    /** Stops listening; viewers get up to half a minute to finish. */
    @Terminator(attains = PreviewEngines.VIEWERS_LEFT)
    public static void stop() {
        ViewerListener running = ExtensionList.lookup(SettingsListener.class).get(ViewerListener.class);
        if (running != null) {
            running.listener.close();
            running.hosts.close();
        }
    }

    @Override
    public CompletableFuture<Void> settingsChanged() {
        return listener.follow();
    }

    /** The controller's own port for viewers. */
    public EmbeddedListener listener() {
        return listener;
    }

    /**
     * Where each preview host leads with the present settings, kept up to date by whoever changes a record; empty while
     * previews have no address of their own.
     */
    public Optional<Directory> hosts() {
        return hosts.now();
    }
}
