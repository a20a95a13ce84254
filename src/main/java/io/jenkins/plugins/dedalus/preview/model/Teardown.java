package io.jenkins.plugins.dedalus.preview.model;

import io.jenkins.plugins.dedalus.client.model.Durations;
import java.time.Duration;
import java.util.Objects;

/**
 * Asks to take a preview down.
 *
 * @param reason a sentence: who or what closed it
 * @param grace how long the machine sleeps with its data before it is deleted; zero deletes at once
 * @param confirmed whether the change request is known to be closed (or a person asked); otherwise the grace is at least
 *     the lifecycle's longer one
 * @param unseen whether nobody asks for it, but its time is over because nobody looked at it
 */
public record Teardown(String reason, Duration grace, boolean confirmed, boolean unseen) {
    /** One that somebody asks for. */
    public Teardown(String reason, Duration grace, boolean confirmed) {
        this(reason, grace, confirmed, false);
    }

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

    /** Closes what nobody has looked at for so long; keeps its data for the grace. */
    public static Teardown unseen(Duration ttl, Duration grace) {
        return new Teardown(
                "Nobody looked at it or pushed to it for " + Durations.format(ttl) + ".", grace, true, true);
    }
}
