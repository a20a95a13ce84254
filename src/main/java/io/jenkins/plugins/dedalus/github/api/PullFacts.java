package io.jenkins.plugins.dedalus.github.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A pull request as GitHub's API tells of it.
 *
 * @param number its number
 * @param open whether it is open
 * @param draft whether it is a draft
 * @param head the full hash of its newest commit
 * @param labels its labels, in lower case
 * @param reviewers the people and teams whose review is asked for, as ids
 */
@Restricted(NoExternalUse.class)
public record PullFacts(
        String number, boolean open, boolean draft, String head, Set<String> labels, Set<String> reviewers) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    /** Copies the sets. */
    public PullFacts {
        labels = Set.copyOf(labels);
        reviewers = Set.copyOf(reviewers);
    }

    /** Reads an answer's body; empty if it is none of a pull request. */
    public static Optional<PullFacts> of(JsonNode body) {
        String head = body.path("head").path("sha").asText("");
        long number = body.path("number").asLong();
        if (number <= 0 || !HASH.matcher(head).matches()) {
            return Optional.empty();
        }
        Set<String> labels = new HashSet<>();
        body.path("labels")
                .forEach(each -> labels.add(normalise(each.path("name").asText(""))));
        Set<String> reviewers = new HashSet<>();
        body.path("requested_reviewers")
                .forEach(each -> reviewers.add("user " + each.path("id").asText()));
        body.path("requested_teams")
                .forEach(each -> reviewers.add("team " + each.path("id").asText()));
        return Optional.of(new PullFacts(
                Long.toString(number),
                "open".equals(body.path("state").asText()),
                body.path("draft").asBoolean(),
                head,
                labels,
                reviewers));
    }

    /** Whether it has a label; GitHub takes upper and lower case for the same. */
    public boolean has(String label) {
        return labels.contains(normalise(label));
    }

    private static String normalise(String label) {
        return label.strip().toLowerCase(Locale.ROOT);
    }
}
