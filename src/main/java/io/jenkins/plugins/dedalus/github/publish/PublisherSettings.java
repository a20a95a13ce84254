package io.jenkins.plugins.dedalus.github.publish;

import java.time.Duration;

/**
 * How fast GitHub is written to.
 *
 * @param gather how long changes are gathered before the first call
 * @param spacing between two writes with the same credentials
 * @param limited the first pause after a limit that names no time; doubles
 * @param longest the longest pause
 * @param retry the first pause after no answer; doubles
 * @param tries how often a change request's call is tried in a row; the next look tries again
 */
record PublisherSettings(
        Duration gather, Duration spacing, Duration limited, Duration longest, Duration retry, int tries) {
    /** As GitHub asks for: no two writes within a second, a minute's pause after a secondary limit. */
    static final PublisherSettings DEFAULT = new PublisherSettings(
            Duration.ofSeconds(2),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofSeconds(10),
            6);
}
