package io.jenkins.plugins.dedalus.client.error;

import java.io.Serializable;
import java.time.Duration;

/**
 * What is known about a failed call.
 *
 * @param sentence what failed, for which object, what to do next; holds no secret
 * @param status HTTP status; 0 where there was no answer
 * @param errorCode the API's code, such as {@code SLEEP_HOLD_WINDOW_ACTIVE}; null where there was none
 * @param requestId the server's id of the request, to be quoted to the vendor; may be null
 * @param retryAfter how long the server asks to wait; null where it didn't
 * @param retryable whether the same call may succeed later
 */
public record ApiFailure(
        String sentence, int status, String errorCode, String requestId, Duration retryAfter, boolean retryable)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** A failure without an answer of the API. */
    public static ApiFailure local(String sentence, boolean retryable) {
        return new ApiFailure(sentence, 0, null, null, null, retryable);
    }
}
