package io.jenkins.plugins.dedalus.client.transport;

import io.jenkins.plugins.dedalus.client.error.Sentences;
import java.time.Duration;

/** What a person can do next, per class of error. */
final class Advice {

    private Advice() {}

    static String of(int status, String code, Duration retryAfter) {
        if ("SLEEP_HOLD_WINDOW_ACTIVE".equals(code)) {
            return "A machine just woken can't sleep for about 5 minutes; autosleep will do it later.";
        }
        if ("IDEMPOTENCY_KEY_REUSED".equals(code)) {
            return "The idempotency key belongs to another request; read the object before trying with a new key.";
        }
        if ("REVISION_MISMATCH".equals(code) || status == 412) {
            return "The machine changed meanwhile; read it and try again.";
        }
        if ("AUTH_ORG_MISMATCH".equals(code)) {
            return "Check the organisation id: the API key belongs to another one.";
        }
        switch (status) {
            case 401:
                return "Check the Dedalus API key in the configuration; it may be mistyped or revoked.";
            case 403:
                return "Ask for the permission in the Dedalus console, or use another API key.";
            case 404:
                return "It may have been deleted, or belong to another organisation.";
            case 409:
                return "Read the object's state before trying again.";
            case 429:
                return "Try again " + (retryAfter == null ? "later" : "in " + Sentences.duration(retryAfter))
                        + ", and look for other users of this API key.";
            case 400, 422, 428:
                return "Correct the named value and try again.";
            default:
                return status == 408 || status >= 500
                        ? "Try again later; quote the request to Dedalus if it stays."
                        : "Check the base URL and the version of this software.";
        }
    }
}
