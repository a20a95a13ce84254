package io.jenkins.plugins.dedalus.preview.wake;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Asks an app whether it answers; parks no thread. */
@FunctionalInterface
public interface ReadinessProbe {
    /**
     * Asks once.
     *
     * @param upstream scheme and authority
     * @param path starts with {@code /}
     * @param restricted whether the address lets in only those who have a key
     * @param timeout after which the answer counts as none
     * @return true if the app answered with anything but a gateway's 502, 503 or 504; failing means false
     */
    CompletionStage<Boolean> answers(URI upstream, String path, boolean restricted, Duration timeout);
}
