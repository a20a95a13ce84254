package io.jenkins.plugins.dedalus.github.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.github.api.GitHubAddress;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp;
import io.jenkins.plugins.dedalus.github.api.GitHubHttp.Answer;
import io.jenkins.plugins.dedalus.github.api.GitHubLogin;
import io.jenkins.plugins.dedalus.github.api.PullFacts;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Asks GitHub what an event only says: the comment, the pull request, and what the comment's author may do. Three calls at
 * most.
 */
final class EventVerifier {
    /** Older comments are no orders any more, so that an event sent again much later does nothing. */
    static final Duration FRESH = Duration.ofHours(1);

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Pattern LOGIN = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final int NOT_FOUND = 404;
    private static final int GONE = 410;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    private final GitHubHttp http;
    private final Clock clock;

    /** @param clock what counts where GitHub says no time */
    EventVerifier(GitHubHttp http, Clock clock) {
        this.http = http;
        this.clock = clock;
    }

    /** Reads the pull request, or says why there's none to be read. */
    Found<PullFacts> pull(GitHubLogin login, GitHubAddress address) {
        Found<Answer> answer =
                get(login, address.repository("pulls/" + address.number()).build());
        if (answer.value() == null) {
            return answer.without();
        }
        return PullFacts.of(answer.value().body())
                .filter(pull -> pull.number().equals(address.number()))
                .map(Found::of)
                .orElseGet(() -> Found.none(new VerifiedEvent.Nothing("GitHub's answer is none of a pull request.")));
    }

    /** Reads the comment that an event is about, and what follows from it. */
    VerifiedEvent order(GitHubLogin login, GitHubAddress address, long comment) {
        Found<Answer> read =
                get(login, address.repository("issues/comments/" + comment).build());
        if (read.value() == null) {
            return read.instead();
        }
        JsonNode body = read.value().body();
        Optional<Instant> written = time(body.path("created_at").asText(""));
        Instant now = now(read.value());
        Optional<String> not = objection(body, address, comment, written, now);
        if (not.isPresent()) {
            return new VerifiedEvent.Nothing(not.get());
        }
        Optional<Command> command = Command.of(body.path("body").asText(""));
        if (command.isEmpty()) {
            return new VerifiedEvent.Nothing("It is no command.");
        }
        Found<PullFacts> pull = pull(login, address);
        if (pull.value() == null) {
            return pull.instead();
        }
        JsonNode author = body.path("user");
        Found<Role> role = role(login, address, author);
        if (role.value() == null) {
            return role.instead();
        }
        return new VerifiedEvent.Order(
                command.get(),
                author.path("login").asText(),
                role.value(),
                pull.value(),
                body.path("html_url").asText(""),
                written.orElse(now),
                now);
    }

    /** Why a comment is no order, whatever it says. */
    private static Optional<String> objection(
            JsonNode body, GitHubAddress address, long comment, Optional<Instant> written, Instant now) {
        JsonNode author = body.path("user");
        if (body.path("id").asLong() != comment
                || !body.path("issue_url").asText("").endsWith("/issues/" + address.number())) {
            return Optional.of("The comment is none of that pull request.");
        }
        if (!"User".equals(author.path("type").asText())
                || body.path("performed_via_github_app").isObject()
                || !LOGIN.matcher(author.path("login").asText("")).matches()) {
            return Optional.of("No person wrote the comment.");
        }
        // Who may write to a repository may edit everybody's comments there.
        if (!body.path("created_at").asText("").equals(body.path("updated_at").asText(""))) {
            return Optional.of("The comment was edited.");
        }
        if (written.isEmpty() || written.get().plus(FRESH).isBefore(now)) {
            return Optional.of("The comment was written more than an hour ago.");
        }
        return Optional.empty();
    }

    private Found<Role> role(GitHubLogin login, GitHubAddress address, JsonNode author) {
        HttpUrl url = address.repository("collaborators/" + author.path("login").asText() + "/permission")
                .build();
        Found<Answer> answer = get(login, url);
        if (answer.value() == null) {
            return answer.missing() ? Found.of(Role.READER) : answer.without();
        }
        JsonNode body = answer.value().body();
        // A login may have gone over to somebody else since.
        boolean same =
                body.path("user").path("id").asLong() == author.path("id").asLong();
        return Found.of(same ? Role.of(body) : Role.READER);
    }

    private Found<Answer> get(GitHubLogin login, HttpUrl url) {
        try {
            Answer answer = http.call(login, "GET", url, null);
            if (answer.ok()) {
                return Found.of(answer);
            }
            String said = "GitHub answered " + answer.status() + " to " + url.encodedPath() + ".";
            if (answer.status() == NOT_FOUND || answer.status() == GONE) {
                // An event may be quicker than what the API tells.
                return Found.missing(new VerifiedEvent.Later(said, SOON));
            }
            return Found.none(
                    answer.limited() || answer.status() >= 500
                            ? new VerifiedEvent.Later(said, pause(answer))
                            : new VerifiedEvent.Nothing(
                                    said, answer.status() == FORBIDDEN || answer.status() == UNAUTHORIZED));
        } catch (IOException e) {
            return Found.none(new VerifiedEvent.Later("GitHub gave no answer: " + e.getMessage() + ".", PAUSE));
        }
    }

    private static Duration pause(Answer answer) {
        String after = answer.headers().get("Retry-After");
        if (after == null || !after.matches("\\d{1,9}")) {
            return PAUSE;
        }
        Duration asked = Duration.ofSeconds(Math.max(1, Long.parseLong(after)));
        return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }

    private Instant now(Answer answer) {
        Date date = answer.headers().getDate("Date");
        return date == null ? clock.instant() : date.toInstant();
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Something that was read, or what follows because it wasn't.
     *
     * @param value null if it wasn't
     * @param instead null if it was
     * @param missing whether GitHub says that there's no such thing
     */
    record Found<T>(T value, VerifiedEvent instead, boolean missing) {
        static <T> Found<T> of(T value) {
            return new Found<>(value, null, false);
        }

        static <T> Found<T> none(VerifiedEvent instead) {
            return new Found<>(null, instead, false);
        }

        static <T> Found<T> missing(VerifiedEvent instead) {
            return new Found<>(null, instead, true);
        }

        <O> Found<O> without() {
            return new Found<>(null, instead, missing);
        }
    }
}
