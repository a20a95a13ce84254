package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.preview.model.Service;
import java.time.Duration;
import java.util.UUID;

/**
 * Which log of a preview is wanted: the app's unless a service or a script is named.
 *
 * @param service a service's name; null for none
 * @param script a step whose last run is wanted, e.g. {@code deploy}; null for none
 * @param lines how many of the last lines of a log on the machine, 1 to 100,000; null for 200
 * @param follow whether to go on with what comes: for half an hour at most
 */
public record LogRequest(String service, String script, Integer lines, boolean follow) {
    private static final int STANDARD_LINES = 200;
    private static final int MOST_LINES = 100_000;
    private static final Duration LONGEST = Duration.ofMinutes(30);

    /** Checks the names; throws {@link IllegalArgumentException}. */
    public LogRequest {
        if (service != null && script != null) {
            throw new IllegalArgumentException("logs: service and script are both given. Keep one.");
        }
        if (service != null) {
            Service.checkName(service);
        }
        if (script != null && !script.matches("[a-z]{1,20}")) {
            throw new IllegalArgumentException("logs: script is '" + script
                    + "'; it is one of packages, fetch, checkout, upload, unpack, services, setup, deploy, start, repair,"
                    + " reset.");
        }
        lines = lines == null ? (Integer) STANDARD_LINES : lines;
        if (lines < 1 || lines > MOST_LINES) {
            throw new IllegalArgumentException("logs: lines is " + lines + "; allowed are 1 to " + MOST_LINES + ".");
        }
    }

    /** What prints a log that lies on the machine. */
    public ExecRequest command() {
        return new ExecRequest(
                UUID.randomUUID().toString(),
                null,
                Scripts.logs(service, lines, follow),
                ExecRequest.AS_IT_IS,
                null,
                null,
                LONGEST,
                null);
    }
}
