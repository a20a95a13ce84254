package io.jenkins.plugins.dedalus.github.command;

import hudson.model.Job;
import io.jenkins.plugins.dedalus.surface.ChangeActions;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Future;

/**
 * Builds pull requests that got no preview, now that they want one: once, however many events say so. In memory: after a
 * restart there may be a build too many. Thread-safe.
 */
final class DueBuilds {
    private final Map<String, Due> underWay = new HashMap<>();

    /**
     * A build that was asked for.
     *
     * @param build done when it is over
     * @param skipped the build that got no preview
     */
    private record Due(Future<?> build, int skipped) {}

    /**
     * Builds a job if its newest build that cares for previews got none, and none is on its way since.
     *
     * @throws io.jenkins.plugins.dedalus.preview.error.PreviewException with a sentence if it can't be built now
     */
    synchronized void build(Job<?, ?> job) {
        underWay.values().removeIf(due -> due.build().isDone());
        OptionalInt skipped = ChangeActions.skipped(job);
        Due due = underWay.get(job.getFullName());
        // One on its way that was skipped itself meanwhile is no reason to wait.
        if (skipped.isPresent() && (due == null || due.skipped() != skipped.getAsInt())) {
            underWay.put(job.getFullName(), new Due(ChangeActions.build(job, GitHubCause.wish()), skipped.getAsInt()));
        }
    }
}
