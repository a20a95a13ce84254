package io.jenkins.plugins.dedalus.simulation;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What must be read nowhere but on the wire. */
final class Secrets {
    static final String APP = "hunter2-of-the-app";
    static final String GIT_TOKEN = "ghs-token-of-git";
    private static final String RULE = "no secret in ledger, logs, errors";
    private static final List<String> ALL = List.of(APP, GIT_TOKEN, World.OUR_KEY, World.OTHER_KEY);

    private Secrets() {}

    static void check(String text, String where, Verdict verdict) {
        if (text != null) {
            for (String secret : ALL) {
                verdict.require(!text.contains(secret), RULE, where + " holds " + secret + ": " + text);
            }
        }
    }

    static void check(byte[] written, Verdict verdict) {
        check(new String(written, StandardCharsets.UTF_8), "the ledger", verdict);
    }

    static void check(Throwable failure, Verdict verdict) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            check(cause.toString(), "an error", verdict);
        }
    }
}
