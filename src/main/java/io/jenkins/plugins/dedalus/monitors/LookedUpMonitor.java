package io.jenkins.plugins.dedalus.monitors;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.AdministrativeMonitor;
import hudson.model.Computer;
import io.jenkins.plugins.dedalus.accounts.SingleFlight;
import io.jenkins.plugins.dedalus.config.SettingsListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A monitor that must look something up, such as credentials, which may be kept elsewhere: at most once a minute and when
 * settings are saved, and never on the thread of a page. Every page of an administrator asks.
 */
abstract class LookedUpMonitor extends DedalusMonitor {
    private static final Duration KEPT = Duration.ofMinutes(1);

    private final SingleFlight<List<String>> sentences =
            new SingleFlight<>(this::lookUp, KEPT, Computer.threadPoolForRemoting, System::nanoTime);

    /** What is wrong now. May wait. */
    abstract List<String> lookUp();

    /** What was found wrong within the last minute. */
    @Override
    public List<String> getSentences() {
        return sentences.lately().orElse(List.of());
    }

    /** Looks anew. */
    public CompletableFuture<List<String>> refresh() {
        sentences.outdate();
        return sentences.fresh();
    }

    /** Has all of them look anew once settings are followed. */
    @Extension
    public static final class Follower implements SettingsListener {
        @Override
        public CompletableFuture<Void> settled() {
            return CompletableFuture.allOf(ExtensionList.lookup(AdministrativeMonitor.class).stream()
                    .filter(LookedUpMonitor.class::isInstance)
                    .map(monitor -> ((LookedUpMonitor) monitor).refresh())
                    .toArray(CompletableFuture[]::new));
        }
    }
}
