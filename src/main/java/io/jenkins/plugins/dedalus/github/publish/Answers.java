package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.api.GitHubHttp.Answer;
import io.jenkins.plugins.dedalus.github.publish.CallOutcome.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** What GitHub's answers mean. */
final class Answers {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int UNPROCESSABLE = 422;
    private static final int TOO_MANY = 429;
    private static final Duration LONGEST = Duration.ofHours(1);
    /** This much of the hour's calls is left to scans: a twentieth. */
    private static final int RESERVE = 20;

    private final Clock clock;

    Answers(Clock clock) {
        this.clock = clock;
    }

    /** What an answer means for a call. */
    CallOutcome of(PullRequestWrite write, Answer answer, String where) {
        Duration wait = wait(answer);
        if (answer.ok()) {
            return CallOutcome.done(answer.id()).pausing(wait);
        }
        String sentence = sentence(write, answer, where);
        return switch (answer.status()) {
            case TOO_MANY -> limited(answer, sentence);
            case UNAUTHORIZED -> CallOutcome.of(Kind.FORBIDDEN, sentence);
            case FORBIDDEN -> forbidden(answer, sentence);
            // GitHub hides what one may not write to.
            case NOT_FOUND ->
                CallOutcome.of(
                        write instanceof PullRequestWrite.SetDeployment
                                        || write instanceof PullRequestWrite.EditComment
                                        || write instanceof PullRequestWrite.React
                                ? Kind.GONE
                                : Kind.FORBIDDEN,
                        sentence);
            case GONE -> CallOutcome.of(Kind.GONE, sentence);
            case CONFLICT, UNPROCESSABLE -> CallOutcome.of(Kind.DROPPED, sentence);
            default -> CallOutcome.of(answer.status() / 100 == 4 ? Kind.DROPPED : Kind.UNKNOWN, sentence);
        };
    }

    private CallOutcome forbidden(Answer answer, String sentence) {
        String message = answer.message().toLowerCase(Locale.ROOT);
        if (answer.limited() || message.contains("abuse")) {
            return limited(answer, sentence);
        }
        boolean locked = message.contains("locked") || message.contains("archived");
        return CallOutcome.of(locked ? Kind.DROPPED : Kind.FORBIDDEN, sentence);
    }

    private CallOutcome limited(Answer answer, String sentence) {
        return CallOutcome.of(Kind.LIMITED, sentence).pausing(wait(answer));
    }

    /** How long GitHub wants to be left alone; null if it doesn't say, or doesn't. */
    private Duration wait(Answer answer) {
        Long after = number(answer, "Retry-After");
        if (after != null) {
            return bounded(Duration.ofSeconds(after));
        }
        Long remaining = number(answer, "X-RateLimit-Remaining");
        Long limit = number(answer, "X-RateLimit-Limit");
        Long reset = number(answer, "X-RateLimit-Reset");
        boolean scarce = remaining != null && (remaining == 0 || limit != null && remaining < limit / RESERVE);
        return scarce && reset != null
                ? bounded(Duration.between(clock.instant(), Instant.ofEpochSecond(reset)))
                : null;
    }

    private static Duration bounded(Duration wait) {
        Duration least = Duration.ofSeconds(1);
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait.compareTo(least) < 0 ? least : wait;
    }

    private static Long number(Answer answer, String header) {
        String value = answer.headers().get(header);
        return value != null && value.matches("\\d{1,12}") ? Long.valueOf(value) : null;
    }

    private static String sentence(PullRequestWrite write, Answer answer, String where) {
        String said = answer.message().isEmpty() ? "" : " (" + Markdown.cut(answer.message(), 200) + ")";
        return "GitHub answered " + answer.status() + said + " to " + doing(write) + " in " + where + ".";
    }

    /** What a call does, for sentences. */
    static String doing(PullRequestWrite write) {
        return switch (write.part()) {
            case DEPLOYMENT -> "writing a deployment";
            case COMMENT -> "writing the comment";
            case STATUS -> "writing a commit status";
            case ANSWER -> "reacting to a command";
            case READING -> "reading commands and labels";
        };
    }
}
