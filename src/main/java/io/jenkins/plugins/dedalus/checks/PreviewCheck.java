package io.jenkins.plugins.dedalus.checks;

import io.jenkins.plugins.checks.api.ChecksConclusion;
import io.jenkins.plugins.checks.api.ChecksDetails;
import io.jenkins.plugins.checks.api.ChecksDetails.ChecksDetailsBuilder;
import io.jenkins.plugins.checks.api.ChecksOutput.ChecksOutputBuilder;
import io.jenkins.plugins.checks.api.ChecksStatus;
import io.jenkins.plugins.dedalus.surface.PreviewFacts;

/**
 * What a build's check says of its preview: a pure function of the facts.
 *
 * @param name the check's name
 * @param conclusion how it ended; {@link ChecksConclusion#NONE} while it hasn't
 * @param title a sentence
 * @param url the preview where there is something to open, else the build; may be null
 */
record PreviewCheck(String name, ChecksConclusion conclusion, String title, String url) {
    private static final String SUPERSEDED = "A newer build of the change request took its place.";

    /** The check of the build that asked for a preview last. */
    static PreviewCheck of(PreviewFacts facts) {
        ChecksConclusion conclusion =
                switch (facts.standing()) {
                    case BUILDING -> ChecksConclusion.NONE;
                    case READY -> ChecksConclusion.SUCCESS;
                    case FAILED -> ChecksConclusion.FAILURE;
                    case APPROVAL -> ChecksConclusion.ACTION_REQUIRED;
                    case CLOSING, CLOSED -> ChecksConclusion.NEUTRAL;
                };
        boolean open = facts.standing() == PreviewFacts.Standing.READY && facts.address() != null;
        return new PreviewCheck(facts.context(), conclusion, facts.sentence(), open ? facts.address() : facts.logUrl());
    }

    /** The check of a build that another one took over from before it ended: not red, for nothing is wrong. */
    static PreviewCheck superseded(String name) {
        return new PreviewCheck(name, ChecksConclusion.NEUTRAL, SUPERSEDED, null);
    }

    /** Whether it says that something is on its way. */
    boolean isOpen() {
        return conclusion == ChecksConclusion.NONE;
    }

    /** What it says, as one text: two that are the same need no new call. */
    String said() {
        return conclusion + " " + title + (url == null ? "" : " " + url);
    }

    /** For the plugin that publishes it. */
    ChecksDetails details() {
        ChecksDetailsBuilder details = new ChecksDetailsBuilder()
                .withName(name)
                .withStatus(isOpen() ? ChecksStatus.IN_PROGRESS : ChecksStatus.COMPLETED)
                .withConclusion(conclusion)
                .withOutput(new ChecksOutputBuilder()
                        .withTitle(title)
                        .withSummary(title)
                        .build());
        if (url != null) {
            details.withDetailsURL(url);
        }
        return details.build();
    }
}
