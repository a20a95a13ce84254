package io.jenkins.plugins.dedalus.preview.model;

import java.time.Duration;

/**
 * How long each part of an ensure may take before it fails with a sentence, all at least a second; and how long viewers of
 * what it brought up may have to wait.
 *
 * @param machine until the machine runs, placement included
 * @param source until the code is there
 * @param setup the setup script
 * @param deploy the deploy script
 * @param start from the start command to the app's first answer
 * @param expose until the preview URLs are known
 * @param answers of the app's answers to viewers; never null
 */
public record TimeLimits(
        Duration machine,
        Duration source,
        Duration setup,
        Duration deploy,
        Duration start,
        Duration expose,
        Answers answers) {
    /**
     * How long viewers wait; null where whoever serves them decides, zero for any time.
     *
     * @param response until the first byte of an answer
     * @param idle how long a stream or WebSocket may be without a byte
     */
    public record Answers(Duration response, Duration idle) {
        /** Whoever serves the viewers decides. */
        public static final Answers NONE = new Answers(null, null);

        /** Throws {@link IllegalArgumentException} naming the limit that can't be kept. */
        public Answers {
            check("response", response);
            check("idle", idle);
        }

        private static void check(String name, Duration value) {
            if (value != null && !value.isZero() && !isSound(value)) {
                throw new IllegalArgumentException("time limit " + name + " is " + value
                        + "; allowed are one second to seven days, or 0 for any time.");
            }
        }
    }

    /** 10 minutes for the machine and the code, 30 for setup, 20 for deploy, 3 for the start, 5 for the URLs. */
    public static final TimeLimits DEFAULT = new TimeLimits(
            Duration.ofMinutes(10),
            Duration.ofMinutes(10),
            Duration.ofMinutes(30),
            Duration.ofMinutes(20),
            Duration.ofMinutes(3),
            Duration.ofMinutes(5),
            Answers.NONE);

    /** Fills nulls with the defaults; throws {@link IllegalArgumentException} naming the limit that is too short. */
    public TimeLimits {
        machine = check("machine", machine, Duration.ofMinutes(10));
        source = check("source", source, Duration.ofMinutes(10));
        setup = check("setup", setup, Duration.ofMinutes(30));
        deploy = check("deploy", deploy, Duration.ofMinutes(20));
        start = check("start", start, Duration.ofMinutes(3));
        expose = check("expose", expose, Duration.ofMinutes(5));
        answers = answers == null ? Answers.NONE : answers;
    }

    /** Leaves it to whoever serves the viewers how long they wait. */
    public TimeLimits(
            Duration machine, Duration source, Duration setup, Duration deploy, Duration start, Duration expose) {
        this(machine, source, setup, deploy, start, expose, Answers.NONE);
    }

    private static Duration check(String name, Duration value, Duration fallback) {
        Duration limit = value == null ? fallback : value;
        if (!isSound(limit)) {
            throw new IllegalArgumentException(
                    "time limit " + name + " is " + limit + "; allowed are one second to seven days.");
        }
        return limit;
    }

    private static boolean isSound(Duration limit) {
        return limit.toSeconds() >= 1 && limit.compareTo(Duration.ofDays(7)) <= 0;
    }
}
