package io.jenkins.plugins.dedalus.github.command;

import io.jenkins.plugins.dedalus.github.api.PullFacts;
import io.jenkins.plugins.dedalus.github.command.CommandTargets.CommandTarget;
import io.jenkins.plugins.dedalus.github.command.CommandTargets.Reply;
import io.jenkins.plugins.dedalus.github.command.EventVerifier.Found;
import io.jenkins.plugins.dedalus.github.publish.CommandOutcome;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Follows events as far as GitHub confirms them. Runs where it may wait; never fails for what GitHub or people do. */
final class CommandHandler {
    private static final Logger LOGGER = Logger.getLogger(CommandHandler.class.getName());
    private static final int REVIEWS_KEPT = 1000;

    private final CommandTargets targets;
    private final EventVerifier verifier;
    private final SpentComments spent;
    private final Clock clock;
    /** Whose review was asked for when a pull request's previews were woken last; in memory. */
    private final Map<String, Set<String>> reviewers = new LinkedHashMap<>();

    CommandHandler(CommandTargets targets, EventVerifier verifier, SpentComments spent, Clock clock) {
        this.targets = targets;
        this.verifier = verifier;
        this.spent = spent;
        this.clock = clock;
    }

    /**
     * Follows an event at every project that it is about.
     *
     * @return when to try again; empty if that would be of no use
     */
    Optional<Duration> follow(UnverifiedEvent event) {
        Duration pause = null;
        for (CommandTarget target : targets.targets(event)) {
            VerifiedEvent verified = follow(event, target);
            if (verified instanceof VerifiedEvent.Later later) {
                LOGGER.log(Level.INFO, () -> event.describe() + ": " + later.why());
                pause = pause == null || pause.compareTo(later.pause()) < 0 ? later.pause() : pause;
            } else if (verified instanceof VerifiedEvent.Nothing nothing) {
                if (nothing.forbidden()) {
                    target.forbidden(nothing.why());
                }
                LOGGER.log(Level.INFO, () -> event.describe() + ": nothing is done. " + nothing.why());
            }
        }
        return Optional.ofNullable(pause);
    }

    /** Null when it was followed. */
    private VerifiedEvent follow(UnverifiedEvent event, CommandTarget target) {
        return switch (event.kind()) {
            case COMMAND -> command(event, target);
            case WISH -> {
                Found<PullFacts> pull = verifier.pull(target.login(), target.address());
                if (pull.value() != null) {
                    target.reconsider(pull.value());
                }
                yield pull.instead();
            }
            case REVIEW -> review(target);
        };
    }

    private VerifiedEvent command(UnverifiedEvent event, CommandTarget target) {
        if (!target.takesCommands()) {
            return new VerifiedEvent.Nothing(target.project() + " takes no commands.");
        }
        if (spent.isSpent(target.project(), event.comment())) {
            return new VerifiedEvent.Nothing("The comment was followed already.");
        }
        VerifiedEvent verified = verifier.order(target.login(), target.address(), event.comment());
        if (!(verified instanceof VerifiedEvent.Order order)) {
            return verified;
        }
        if (!spent.spend(target.project(), event.comment(), order.written(), order.now())) {
            return new VerifiedEvent.Nothing("The comment was followed already.");
        }
        Optional<CommandOutcome> refused = refusal(event.comment(), order);
        if (refused.isPresent()) {
            target.answer(refused.get());
            return new VerifiedEvent.Nothing(order.login() + " may not ask for it, or it can't be done.");
        }
        LOGGER.log(
                Level.INFO,
                () -> event.describe() + ": " + order.login() + " asks for "
                        + order.command().verb().word() + ".");
        target.follow(order).thenAccept(reply -> target.answer(notice(event.comment(), order, reply)));
        return null;
    }

    private Optional<CommandOutcome> refusal(long comment, VerifiedEvent.Order order) {
        Command command = order.command();
        if (!order.role().covers(Role.WRITER)) {
            // Anybody can comment: strangers get no words, and so no edits of our comment.
            return Optional.of(notice(comment, order, CommandOutcome.REFUSED, null, List.of()));
        }
        Optional<String> mistake = command.mistake();
        if (mistake.isPresent()) {
            return Optional.of(notice(comment, order, CommandOutcome.WRONG, mistake.get(), List.of()));
        }
        if (!order.role().covers(command.verb().needed())) {
            String sentence = "Only who may maintain or administer the repository may ask for this.";
            return Optional.of(notice(comment, order, CommandOutcome.REFUSED, sentence, List.of()));
        }
        if (command.verb() == Verb.APPROVE
                && !command.argument().equals(order.pull().head())) {
            String sentence = "The pull request's newest commit is "
                    + order.pull().head() + ", another one than was approved. Read that one, and approve it then.";
            return Optional.of(notice(comment, order, CommandOutcome.WRONG, sentence, List.of()));
        }
        return Optional.empty();
    }

    private CommandOutcome notice(long comment, VerifiedEvent.Order order, Reply reply) {
        return notice(
                comment,
                order,
                reply.well() ? CommandOutcome.DONE : CommandOutcome.WRONG,
                reply.sentence(),
                reply.log());
    }

    private CommandOutcome notice(
            long comment, VerifiedEvent.Order order, String reaction, String sentence, List<String> log) {
        return new CommandOutcome(
                comment, order.login(), order.command().text(), reaction, sentence, log, clock.instant());
    }

    private VerifiedEvent review(CommandTarget target) {
        Found<PullFacts> pull = verifier.pull(target.login(), target.address());
        if (pull.value() == null) {
            return pull.instead();
        }
        if (!pull.value().open() || !isNews(target, pull.value().reviewers())) {
            return new VerifiedEvent.Nothing("Nobody's review is asked for that wasn't before.");
        }
        target.wakeForReview();
        return null;
    }

    /** An event that is sent again and again keeps no machine awake. */
    private synchronized boolean isNews(CommandTarget target, Set<String> now) {
        String key = target.project() + " " + target.address().number();
        Set<String> before = reviewers.getOrDefault(key, Set.of());
        Set<String> fresh = new HashSet<>(now);
        fresh.removeAll(before);
        reviewers.remove(key);
        reviewers.put(key, now);
        if (reviewers.size() > REVIEWS_KEPT) {
            reviewers.remove(reviewers.keySet().iterator().next());
        }
        return !fresh.isEmpty();
    }
}
