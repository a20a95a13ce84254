package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.SurfaceSettings;
import io.jenkins.plugins.dedalus.surface.ChangeFacts;
import io.jenkins.plugins.dedalus.surface.PreviewFacts;
import io.jenkins.plugins.dedalus.surface.PreviewFacts.Standing;
import java.util.List;

/**
 * What should stand on GitHub about a change request: a pure function of the facts and the settings.
 *
 * @param comment the comment's text
 * @param previews each preview, in the comment's order
 * @param settings what is published
 * @param reactions what commands are reacted to with, the oldest first
 * @param said the command whose outcome the comment tells of; null if it tells of none
 */
record DesiredState(
        String comment, List<WantedPreview> previews, SurfaceSettings settings, List<Reaction> reactions, Long said) {
    private static final int LONGEST_DESCRIPTION = 140;

    /**
     * A reaction.
     *
     * @param comment the comment of a command
     * @param content its name at GitHub
     */
    record Reaction(long comment, String content) {}

    /**
     * One preview.
     *
     * @param id the preview's id
     * @param standing where it stands
     * @param commit the commit that this is about; null if unknown, then there's neither deployment nor status
     * @param environmentUrl the link; null while there is none
     * @param logUrl the build; may be null
     * @param description a sentence of at most 140 characters
     * @param row what the comment says of it
     * @param context the name of its commit status
     */
    record WantedPreview(
            String id,
            Standing standing,
            String commit,
            String environmentUrl,
            String logUrl,
            String description,
            String row,
            String context) {
        /** The state of the commit's deployment; null if there should be none. */
        String deploymentState() {
            return switch (standing) {
                case BUILDING -> "in_progress";
                case READY -> "success";
                case FAILED -> "failure";
                case APPROVAL -> null;
                case CLOSING, CLOSED -> "inactive";
            };
        }

        /** The state of the commit's status; null if it needs none of its own. */
        String statusState() {
            return switch (standing) {
                case APPROVAL -> "pending";
                case FAILED -> "failure";
                case READY -> "success";
                case BUILDING, CLOSING, CLOSED -> null;
            };
        }
    }

    /** What follows from the facts, and from what came of the newest commands, the oldest of these first. */
    static DesiredState of(ChangeFacts facts, String instance, SurfaceSettings settings, List<CommandOutcome> notices) {
        // What came of an earlier command is of no interest any more, and neither are strangers' commands.
        CommandOutcome newest = notices.stream()
                .filter(each -> each.sentence() != null || !CommandOutcome.REFUSED.equals(each.reaction()))
                .reduce((before, after) -> after)
                .filter(each -> each.sentence() != null)
                .orElse(null);
        return new DesiredState(
                CommentText.of(facts.previews(), instance, settings, newest),
                facts.previews().stream().map(DesiredState::preview).toList(),
                settings,
                notices.stream()
                        .map(each -> new Reaction(each.comment(), each.reaction()))
                        .toList(),
                newest == null ? null : newest.comment());
    }

    private static WantedPreview preview(PreviewFacts each) {
        boolean link = each.standing() == Standing.READY;
        return new WantedPreview(
                each.id(),
                each.standing(),
                each.commit(),
                link ? Markdown.target(each.address()) : null,
                Markdown.target(each.logUrl()),
                Markdown.cut(each.sentence(), LONGEST_DESCRIPTION),
                CommentText.essence(each),
                each.context());
    }
}
