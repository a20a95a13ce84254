package io.jenkins.plugins.dedalus.preview.model;

import java.time.Duration;
import java.util.Objects;

/**
 * Asks to take a preview down.
 *
 * @param reason a sentence: who or what closed it
 * @param grace how long the machine sleeps with its data before it is deleted; zero deletes at once
 * @param confirmed whether the change request is known to be closed (or a person asked); otherwise the grace is at least
 *     the lifecycle's longer one
 */
public record Teardown(String reason, Duration grace, boolean confirmed) {
    /** Checks the grace; throws {@link IllegalArgumentException} when negative. */
    public Teardown {
        Objects.requireNonNull(reason, "reason");
        grace = grace == null ? Duration.ZERO : grace;
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace is " + grace + "; allowed is zero or more.");
        }
    }

    /** Deletes at once because a person or a confirmed event said so. */
    public static Teardown now(String reason) {
        return new Teardown(reason, Duration.ZERO, true);
    }
}
