package io.jenkins.plugins.dedalus.github.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an event says has happened. Anybody can send one, so that nothing of it is believed: it only says where to look.
 *
 * @param host the host of the repository's page, in lower case
 * @param owner the repository's owner
 * @param repository its name
 * @param number the pull request
 * @param kind what is said to have happened
 * @param comment the comment's id; zero if it is about none
 */
record UnverifiedEvent(String host, String owner, String repository, String number, Kind kind, long comment) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Set<String> WISHES = Set.of("labeled", "unlabeled", "converted_to_draft", "ready_for_review");

    /** What is said to have happened. */
    enum Kind {
        /** Somebody wrote a command. */
        COMMAND,
        /** Labels or the draft state changed. */
        WISH,
        /** Somebody was asked for a review. */
        REVIEW
    }

    /**
     * Reads an event of comments or pull requests.
     *
     * @return empty for whatever is of no interest, broken or unknown
     */
    static Optional<UnverifiedEvent> of(String payload) {
        try {
            JsonNode event = JSON.readTree(payload);
            return event == null ? Optional.empty() : of(event);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static Optional<UnverifiedEvent> of(JsonNode event) {
        String action = event.path("action").asText("");
        JsonNode comment = event.path("comment");
        JsonNode issue = event.path("issue");
        if (comment.isObject()) {
            boolean command = "created".equals(action)
                    && issue.has("pull_request")
                    && comment.path("id").asLong() > 0
                    && Command.looksLikeOne(comment.path("body").asText(""));
            return command
                    ? of(
                            event,
                            issue.path("number"),
                            Kind.COMMAND,
                            comment.path("id").asLong())
                    : Optional.empty();
        }
        JsonNode number = event.path("pull_request").path("number");
        if (WISHES.contains(action)) {
            return of(event, number, Kind.WISH, 0);
        }
        return "review_requested".equals(action) ? of(event, number, Kind.REVIEW, 0) : Optional.empty();
    }

    private static Optional<UnverifiedEvent> of(JsonNode event, JsonNode number, Kind kind, long comment) {
        JsonNode repository = event.path("repository");
        String owner = repository.path("owner").path("login").asText("");
        String name = repository.path("name").asText("");
        String host = host(repository.path("html_url").asText(""));
        boolean plausible = NAME.matcher(owner).matches()
                && NAME.matcher(name).matches()
                && host != null
                && number.asLong() > 0
                && number.asLong() <= Integer.MAX_VALUE;
        return plausible
                ? Optional.of(new UnverifiedEvent(host, owner, name, Long.toString(number.asLong()), kind, comment))
                : Optional.empty();
    }

    private static String host(String page) {
        try {
            String host = new URI(page).getHost();
            return host == null ? null : host.toLowerCase(Locale.ROOT);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    /** Whether it is about this repository. */
    boolean isOf(String pageHost, String sourceOwner, String sourceRepository) {
        return host.equalsIgnoreCase(pageHost)
                && owner.equalsIgnoreCase(sourceOwner)
                && repository.equalsIgnoreCase(sourceRepository);
    }

    /** For the log. */
    String describe() {
        return kind.name().toLowerCase(Locale.ROOT) + " at " + host + "/" + owner + "/" + repository + "#" + number;
    }
}
