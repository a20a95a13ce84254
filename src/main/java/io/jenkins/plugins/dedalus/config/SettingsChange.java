package io.jenkins.plugins.dedalus.config;

import hudson.model.Computer;
import java.util.concurrent.CompletableFuture;

/** Other settings are in force: has everything follow that doesn't read them each time. Waits for nothing itself. */
final class SettingsChange {
    private SettingsChange() {}

    /**
     * Has engines, the listener and the monitors follow.
     *
     * @param engines null while there are none
     * @return completes when all of them do
     */
    static CompletableFuture<Void> followedBy(AccountEngines engines, EmbeddedListener listener) {
        CompletableFuture<Void> accounts = engines == null
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.runAsync(
                                () -> engines.all().forEach(AccountEngine::refresh), Computer.threadPoolForRemoting)
                        .thenCompose(done -> engines.global().availability())
                        .thenAccept(sentence -> {});
        return CompletableFuture.allOf(
                accounts.thenCompose(done -> LookedUpMonitor.refreshAll()), followedBy(listener));
    }

    /** The listener alone; then a monitor tells of its problem, if it has one. */
    static CompletableFuture<Void> followedBy(EmbeddedListener listener) {
        return listener.follow().thenCompose(done -> LookedUpMonitor.refreshAll());
    }
}
