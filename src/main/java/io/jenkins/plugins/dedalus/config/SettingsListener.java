package io.jenkins.plugins.dedalus.config;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import java.util.concurrent.CompletableFuture;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Follows the plugin's settings, for what doesn't read them each time. Called after they were saved. */
@Restricted(NoExternalUse.class)
public interface SettingsListener extends ExtensionPoint {
    /**
     * Has its object follow the settings that are in force now. Must not wait.
     *
     * @return completes when it has
     */
    default CompletableFuture<Void> settingsChanged() {
        return CompletableFuture.completedFuture(null);
    }

    /**
     * All others have followed: for what tells people how things stand. Must not wait.
     *
     * @return completes when that is told
     */
    default CompletableFuture<Void> settled() {
        return CompletableFuture.completedFuture(null);
    }

    /** Has everything follow, each by itself, and then tell. */
    static CompletableFuture<Void> followed() {
        return CompletableFuture.allOf(ExtensionList.lookup(SettingsListener.class).stream()
                        .map(SettingsListener::settingsChanged)
                        .toArray(CompletableFuture[]::new))
                .thenCompose(done -> told());
    }

    /** Has everything tell how it stands. */
    static CompletableFuture<Void> told() {
        return CompletableFuture.allOf(ExtensionList.lookup(SettingsListener.class).stream()
                .map(SettingsListener::settled)
                .toArray(CompletableFuture[]::new));
    }
}
