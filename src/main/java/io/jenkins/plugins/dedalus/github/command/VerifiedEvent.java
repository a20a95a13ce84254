package io.jenkins.plugins.dedalus.github.command;

import io.jenkins.plugins.dedalus.github.api.PullFacts;
import java.time.Duration;
import java.time.Instant;

/** What is left of an event after GitHub was asked. */
sealed interface VerifiedEvent {
    /**
     * Nothing to do, and nothing to say.
     *
     * @param why a sentence for the log
     * @param forbidden whether that is because the project's credentials may not read what has to be read
     */
    record Nothing(String why, boolean forbidden) implements VerifiedEvent {
        Nothing(String why) {
            this(why, false);
        }
    }

    /**
     * GitHub gave no answer that says anything.
     *
     * @param why a sentence for the log
     * @param pause how long to leave it alone
     */
    record Later(String why, Duration pause) implements VerifiedEvent {}

    /**
     * A command that somebody really wrote just now, on a pull request, and what that person may do.
     *
     * @param command what was written
     * @param login who wrote it, as GitHub names people
     * @param role what that person may do in the repository
     * @param pull the pull request as it is now
     * @param url the comment's page
     * @param written when, by GitHub's clock
     * @param now what time it is, by GitHub's clock
     */
    record Order(Command command, String login, Role role, PullFacts pull, String url, Instant written, Instant now)
            implements VerifiedEvent {}
}
