package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException.Kind;
import java.time.Duration;

/** What is said of wakes that took too long. */
final class WakeFailures {
    private WakeFailures() {}

    static WakeFailedException neverBegun(String machineId, WakeContext tools) {
        return new WakeFailedException(
                Kind.FULL,
                "Machine " + machineId + " was not woken, and Dedalus was not asked to: for "
                        + tools.settings().queueLimit().toSeconds() + " s all "
                        + tools.calls().most()
                        + " places for calls were taken by other machines' wakes, and "
                        + tools.calls().waiting() + " wait for one. Try again.",
                Duration.ofSeconds(2),
                null);
    }

    static WakeFailedException timeOut(String machineId, Duration deadline, String trouble) {
        return new WakeFailedException(
                Kind.TIMEOUT,
                "Machine " + machineId + " was not awake after " + deadline.toSeconds() + " s: " + trouble
                        + ". Try again.",
                Duration.ofSeconds(1),
                null);
    }

    static WakeFailedException noRoom(String machineId, Duration deadline) {
        return new WakeFailedException(
                Kind.NO_ROOM,
                "Machine " + machineId + " was not woken: for " + deadline.toSeconds()
                        + " s as many were awake as may be (maxAwake), and all of them are in use. Try again when one"
                        + " sleeps.",
                Duration.ofSeconds(15),
                null);
    }
}
