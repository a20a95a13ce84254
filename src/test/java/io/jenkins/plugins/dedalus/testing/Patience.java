package io.jenkins.plugins.dedalus.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long tests wait for what should come: far longer than it takes, so that a busy machine fails nothing. What does come
 * is noticed at once, so this costs time only where something is broken.
 */
public final class Patience implements BeforeAllCallback {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LIMIT);
        Awaitility.setDefaultPollInterval(POLL);
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        // Otherwise a wait fails by what some thread of the test before dies of meanwhile.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
    }
}
