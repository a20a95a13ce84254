package io.jenkins.plugins.dedalus.preview.model;

import java.time.Duration;

/**
 * How long each part of an ensure may take before it fails with a sentence. All at least a second.
 *
 * @param machine until the machine runs, placement included
 * @param source until the code is there
 * @param setup the setup script
 * @param deploy the deploy script
 * @param start from the start command to the app's first answer
 * @param expose until the preview URLs are known
 */
public record TimeLimits(
        Duration machine, Duration source, Duration setup, Duration deploy, Duration start, Duration expose) {
    /** 10 minutes for the machine and the code, 30 for setup, 20 for deploy, 3 for the start, 5 for the URLs. */
    public static final TimeLimits DEFAULT = new TimeLimits(
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofMinutes(20),
            Duration.ofMinutes(3),
            Duration.ofMinutes(5));

    /** Fills nulls with the defaults; throws {@link IllegalArgumentException} naming the limit that is too short. */
    public TimeLimits {
        machine = check("machine", machine, Duration.ofMinutes(10));
        source = check("source", source, Duration.ofMinutes(10));
        setup = check("setup", setup, Duration.ofMinutes(30));
        deploy = check("deploy", deploy, Duration.ofMinutes(20));
        start = check("start", start, Duration.ofMinutes(3));
        expose = check("expose", expose, Duration.ofMinutes(5));
    }

    private static Duration check(String name, Duration value, Duration fallback) {
        Duration limit = value == null ? fallback : value;
        if (limit.toSeconds() < 1 || limit.toDays() > 7) {
            throw new IllegalArgumentException(
                    "time limit " + name + " is " + limit + "; allowed are one second to seven days.");
        }
        return limit;
    }
}
