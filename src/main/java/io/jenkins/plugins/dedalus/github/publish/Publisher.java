package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import io.jenkins.plugins.dedalus.surface.Gathering;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Brings GitHub to what should stand there. Whoever asks only says where to look: requests for the same change request are
 * gathered, what is due is found out anew before each call, and what failed is found again by the next look. Runs on the
 * scheduler's threads. Thread-safe.
 */
final class Publisher {
    private static final Logger LOGGER = Logger.getLogger(Publisher.class.getName());

    private final EngineScheduler scheduler;
    private final PublicationState desk;
    private final PublisherSettings settings;
    private final Gathering gathering;

    private final Map<String, CallQueue> lanes = new LinkedHashMap<>();

    Publisher(EngineScheduler scheduler, PublicationState desk, PublisherSettings settings) {
        this.scheduler = scheduler;
        this.desk = desk;
        this.settings = settings;
        this.gathering = new Gathering(scheduler, settings.gather(), this::begin);
    }

    /** Looks soon. Returns at once. */
    void look(ChangeRef change, String project) {
        gathering.add(change, project);
    }

    private void begin(ChangeRef change, String project) {
        desk.task(change, project).ifPresent(task -> lane(task.remote().lane()).add(change, project));
    }

    private synchronized CallQueue lane(String name) {
        return lanes.computeIfAbsent(name, each -> new CallQueue(scheduler, settings, this::step));
    }

    /** Makes the next call for a change request, if one is due. */
    private Optional<CallQueue.Step> step(ChangeRef change, String project) {
        Optional<PublicationState.Task> task = desk.task(change, project);
        if (task.isEmpty()) {
            return Optional.empty();
        }
        PublicationState.Task now = task.get();
        Optional<PullRequestWrite> next =
                PublicationPlan.next(now.wanted(), now.shown(), now.remote().refused());
        if (next.isEmpty()) {
            desk.settled(change);
            return Optional.empty();
        }
        PullRequestWrite write = next.get();
        PublishedState before = PublicationPlan.before(now.shown(), write);
        if (!before.equals(now.shown())) {
            desk.keep(before);
        }
        CallOutcome outcome = now.remote().perform(write);
        if (outcome.sentence() != null) {
            LOGGER.log(Level.WARNING, () -> change.describe() + ": " + outcome.sentence());
        }
        PublishedState after = PublicationPlan.after(before, now.wanted(), write, outcome);
        if (!after.equals(before)) {
            desk.keep(after);
        }
        return Optional.of(new CallQueue.Step(outcome, write.looks()));
    }
}
