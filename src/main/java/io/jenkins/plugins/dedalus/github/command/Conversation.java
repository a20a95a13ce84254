package io.jenkins.plugins.dedalus.github.command;

import io.jenkins.plugins.dedalus.github.Notice;
import io.jenkins.plugins.dedalus.github.api.PullFacts;
import io.jenkins.plugins.dedalus.github.command.Hearing.Found;
import io.jenkins.plugins.dedalus.github.command.Office.Counter;
import io.jenkins.plugins.dedalus.github.command.Office.Reply;
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

/** Follows rumours as far as GitHub confirms them. Runs where it may wait; never fails for what GitHub or people do. */
final class Conversation {
    private static final Logger LOGGER = Logger.getLogger(Conversation.class.getName());
    private static final int REVIEWS_KEPT = 1000;

    private final Office office;
    private final Hearing hearing;
    private final SpentComments spent;
    private final Clock clock;
    /** Whose review was asked for when a pull request's previews were woken last; in memory. */
    private final Map<String, Set<String>> reviewers = new LinkedHashMap<>();

    Conversation(Office office, Hearing hearing, SpentComments spent, Clock clock) {
        this.office = office;
        this.hearing = hearing;
        this.spent = spent;
        this.clock = clock;
    }

    /**
     * Follows a rumour at every project that it is about.
     *
     * @return when to try again; empty if that would be of no use
     */
    Optional<Duration> follow(Rumour rumour) {
        Duration pause = null;
        for (Counter counter : office.counters(rumour)) {
            Heard heard = follow(rumour, counter);
            if (heard instanceof Heard.Later later) {
                LOGGER.log(Level.INFO, () -> rumour.describe() + ": " + later.why());
                pause = pause == null || pause.compareTo(later.pause()) < 0 ? later.pause() : pause;
            } else if (heard instanceof Heard.Nothing nothing) {
                if (nothing.forbidden()) {
                    counter.forbidden(nothing.why());
                }
                LOGGER.log(Level.INFO, () -> rumour.describe() + ": nothing is done. " + nothing.why());
            }
        }
        return Optional.ofNullable(pause);
    }

    /** Null when it was followed. */
    private Heard follow(Rumour rumour, Counter counter) {
        return switch (rumour.kind()) {
            case COMMAND -> command(rumour, counter);
            case WISH -> {
                Found<PullFacts> pull = hearing.pull(counter.login(), counter.address());
                if (pull.value() != null) {
                    counter.reconsider(pull.value());
                }
                yield pull.instead();
            }
            case REVIEW -> review(counter);
        };
    }

    private Heard command(Rumour rumour, Counter counter) {
        if (!counter.takesCommands()) {
            return new Heard.Nothing(counter.project() + " takes no commands.");
        }
        if (spent.isSpent(counter.project(), rumour.comment())) {
            return new Heard.Nothing("The comment was followed already.");
        }
        Heard heard = hearing.order(counter.login(), counter.address(), rumour.comment());
        if (!(heard instanceof Heard.Order order)) {
            return heard;
        }
        if (!spent.spend(counter.project(), rumour.comment(), order.written(), order.now())) {
            return new Heard.Nothing("The comment was followed already.");
        }
        Optional<Notice> refused = refusal(rumour.comment(), order);
        if (refused.isPresent()) {
            counter.answer(refused.get());
            return new Heard.Nothing(order.login() + " may not ask for it, or it can't be done.");
        }
        LOGGER.log(
                Level.INFO,
                () -> rumour.describe() + ": " + order.login() + " asks for "
                        + order.command().verb().word() + ".");
        counter.follow(order).thenAccept(reply -> counter.answer(notice(rumour.comment(), order, reply)));
        return null;
    }

    private Optional<Notice> refusal(long comment, Heard.Order order) {
        Command command = order.command();
        if (!order.role().covers(Role.WRITER)) {
            // Anybody can comment: strangers get no words, and so no edits of our comment.
            return Optional.of(notice(comment, order, Notice.REFUSED, null, List.of()));
        }
        Optional<String> mistake = command.mistake();
        if (mistake.isPresent()) {
            return Optional.of(notice(comment, order, Notice.WRONG, mistake.get(), List.of()));
        }
        if (!order.role().covers(command.verb().needed())) {
            String sentence = "Only who may maintain or administer the repository may ask for this.";
            return Optional.of(notice(comment, order, Notice.REFUSED, sentence, List.of()));
        }
        if (command.verb() == Verb.APPROVE
                && !command.argument().equals(order.pull().head())) {
            String sentence = "The pull request's newest commit is "
                    + order.pull().head() + ", another one than was approved. Read that one, and approve it then.";
            return Optional.of(notice(comment, order, Notice.WRONG, sentence, List.of()));
        }
        return Optional.empty();
    }

    private Notice notice(long comment, Heard.Order order, Reply reply) {
        return notice(comment, order, reply.well() ? Notice.DONE : Notice.WRONG, reply.sentence(), reply.log());
    }

    private Notice notice(long comment, Heard.Order order, String reaction, String sentence, List<String> log) {
        return new Notice(comment, order.login(), order.command().text(), reaction, sentence, log, clock.instant());
    }

    private Heard review(Counter counter) {
        Found<PullFacts> pull = hearing.pull(counter.login(), counter.address());
        if (pull.value() == null) {
            return pull.instead();
        }
        if (!pull.value().open() || !isNews(counter, pull.value().reviewers())) {
            return new Heard.Nothing("Nobody's review is asked for that wasn't before.");
        }
        counter.wakeForReview();
        return null;
    }

    /** An event that is sent again and again keeps no machine awake. */
    private synchronized boolean isNews(Counter counter, Set<String> now) {
        String key = counter.project() + " " + counter.address().number();
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
