package io.jenkins.plugins.dedalus.github.command;

import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.PullFacts;
import io.jenkins.plugins.dedalus.github.publish.CommandOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The projects of this Jenkins, as far as people on GitHub may ask something of them. */
interface CommandTargets {
    /** One project with the repository that an event is about. */
    interface CommandTarget {
        /** The project's full name. */
        String project();

        /** Its branch source's credentials. */
        GitHubLogin login();

        /** The pull request by the API of the project's configuration, never of the event. */
        GitHubAddress address();

        /** Whether it takes commands. */
        boolean takesCommands();

        /**
         * Follows a command whose author may ask for it. Returns at once.
         *
         * @return completes with what came of it; never fails
         */
        CompletableFuture<Reply> follow(VerifiedEvent.Order order);

        /** Notes that the credentials may not read what has to be read, for whoever administers Jenkins. */
        void forbidden(String sentence);

        /** Shows what came of a command. */
        void answer(CommandOutcome notice);

        /** Brings the previews to what labels and draft state say now. */
        void reconsider(PullFacts pull);

        /** Wakes the previews, because somebody was asked for a review. */
        void wakeForReview();
    }

    /**
     * What came of a command.
     *
     * @param well whether what was asked for was done, or begun
     * @param sentence what to say about it; null if the reaction says enough
     * @param log lines of a log that were asked for, without secrets
     */
    record Reply(boolean well, String sentence, List<String> log) {
        static Reply done() {
            return new Reply(true, null, List.of());
        }

        static Reply done(String sentence) {
            return new Reply(true, sentence, List.of());
        }

        static Reply refused(String sentence) {
            return new Reply(false, sentence, List.of());
        }
    }

    /** Projects that have the repository and credentials for it; empty if none has. */
    List<CommandTarget> targets(UnverifiedEvent event);
}
