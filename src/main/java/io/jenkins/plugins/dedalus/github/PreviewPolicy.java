package io.jenkins.plugins.dedalus.github;

import io.jenkins.plugins.dedalus.github.api.PullFacts;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Which pull requests a team wants previews of.
 *
 * @param when on what they depend
 * @param label the label that asks for one; counts with {@link When#LABEL}
 * @param skipLabel the label that wants none, whatever else is said; empty for no such label
 * @param drafts whether drafts get one
 */
@Restricted(NoExternalUse.class)
public record PreviewPolicy(When when, String label, String skipLabel, boolean drafts) {
    /** What previews depend on. */
    public enum When {
        /** Every pull request gets one. */
        ALWAYS,
        /** Those with the label. */
        LABEL,
        /** Those where somebody asked for it in a comment. */
        COMMAND
    }

    /** Every pull request but those that say no. */
    static final PreviewPolicy DEFAULT = new PreviewPolicy(When.ALWAYS, "preview", "no-preview", true);

    /**
     * Why a pull request gets no preview.
     *
     * @param asked whether somebody asked for one in a comment, or it has one already
     * @return a sentence; empty if it gets one
     */
    public Optional<String> refusal(PullFacts pull, boolean asked) {
        if (!skipLabel.isEmpty() && pull.has(skipLabel)) {
            return Optional.of("The pull request has the label " + skipLabel + ", so it gets no preview.");
        }
        if (pull.draft() && !drafts) {
            return Optional.of("The pull request is a draft, so it gets no preview yet.");
        }
        return switch (when) {
            case ALWAYS -> Optional.empty();
            case LABEL ->
                pull.has(label)
                        ? Optional.empty()
                        : Optional.of("The pull request gets a preview when it has the label " + label + ".");
            case COMMAND ->
                asked
                        ? Optional.empty()
                        : Optional.of(
                                "The pull request gets a preview when somebody comments \"/preview rebuild\" on it.");
        };
    }
}
