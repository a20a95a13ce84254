package io.jenkins.plugins.dedalus.surface;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Job;
import hudson.model.Queue;
import io.jenkins.plugins.dedalus.accounts.PreviewEngines;
import io.jenkins.plugins.dedalus.build.ForkApproval;
import io.jenkins.plugins.dedalus.build.SkippedPreview;
import io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.error.PreviewException;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ProgressListener;
import io.jenkins.plugins.dedalus.preview.model.SleepOutcome;
import io.jenkins.plugins.dedalus.preview.model.Teardown;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.ParameterizedJobMixIn;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What people may ask of a change request's previews where the change request lives. Whether they may is the caller's
 * business. Returns at once.
 */
@Restricted(NoExternalUse.class)
public final class ChangeActions {
    private static final Logger LOGGER = Logger.getLogger(ChangeActions.class.getName());

    private ChangeActions() {}

    /** Wakes through the gate that everybody's wakes go through. */
    public static CompletableFuture<Void> wake(List<PreviewRecord> previews) {
        return each(previews, record -> lifecycle(record).wake(record.key()));
    }

    /** Puts the machines to sleep; completes with whether Dedalus agreed for each. */
    public static CompletableFuture<Boolean> sleep(List<PreviewRecord> previews) {
        List<CompletableFuture<SleepOutcome>> all = previews.stream()
                .map(record -> lifecycle(record).sleep(record.key()))
                .toList();
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
                .thenApply(slept -> all.stream().allMatch(each -> each.join().asked()));
    }

    /** Keeps them however long nobody looks. */
    public static CompletableFuture<Void> pin(List<PreviewRecord> previews) {
        return each(previews, record -> lifecycle(record).lifetimes().pin(record.key(), null));
    }

    /** Moves the ends of those that have one; completes with the first of them. Fails if none has one. */
    public static CompletableFuture<Instant> extend(List<PreviewRecord> previews, Duration by) {
        List<PreviewRecord> ending = previews.stream()
                .filter(record -> record.lifetime().expiresAt() != null)
                .toList();
        if (ending.isEmpty()) {
            throw new PreviewException(Messages.ChangeActions_noEnd());
        }
        List<CompletableFuture<PreviewRecord>> all = ending.stream()
                .map(record -> lifecycle(record).lifetimes().extend(record.key(), by))
                .toList();
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).thenApply(done -> all.stream()
                .map(each -> each.join().lifetime().expiresAt())
                .min(Comparator.naturalOrder())
                .orElseThrow());
    }

    /** Deletes machines and data at once; completes when they are gone. */
    public static CompletableFuture<Void> teardown(List<PreviewRecord> previews, String reason) {
        return close(previews, Teardown.now(reason));
    }

    /** Nobody wants them any more: they sleep, and are deleted after the grace of closed change requests. */
    public static CompletableFuture<Void> retire(List<PreviewRecord> previews, String reason) {
        return close(
                previews, new Teardown(reason, DedalusGlobalConfiguration.get().closedGrace(), true));
    }

    private static CompletableFuture<Void> close(List<PreviewRecord> previews, Teardown teardown) {
        return each(previews, record -> lifecycle(record)
                .teardown(record.key(), teardown, ProgressListener.NONE)
                .result());
    }

    private static CompletableFuture<Void> each(
            List<PreviewRecord> previews, Function<PreviewRecord, CompletableFuture<?>> what) {
        return CompletableFuture.allOf(previews.stream().map(what).toArray(CompletableFuture<?>[]::new));
    }

    private static PreviewLifecycle lifecycle(PreviewRecord record) {
        return PreviewEngines.get().lifecycle(record.key());
    }

    /**
     * Builds the change request's job.
     *
     * @return done when the build is over, or was taken out of the queue
     * @throws PreviewException with a sentence if it can't be built now
     */
    public static Future<?> build(Job<?, ?> job, Cause cause) {
        Queue.Item item = job.isBuildable() && job instanceof ParameterizedJobMixIn.ParameterizedJob
                ? ParameterizedJobMixIn.scheduleBuild2(job, 0, new CauseAction(cause))
                : null;
        if (item == null) {
            throw new PreviewException(Messages.ChangeActions_notBuildable(job.getFullDisplayName()));
        }
        return item.getFuture();
    }

    /**
     * Approves a fork's commit, and builds it.
     *
     * @param by who approved it, for people
     * @throws PreviewException with a sentence if no build waits for that, or forks get no previews at all
     */
    public static void approve(ChangeRef change, Job<?, ?> job, String commit, String by, Cause cause) {
        if (!DedalusGlobalConfiguration.get().isForksAllowed()) {
            throw new PreviewException(Messages.ChangeActions_noForks());
        }
        ForkApproval asked = ChangeReader.approvals(change, job).stream()
                .filter(each -> each.getCommit().equals(commit))
                .findFirst()
                .orElseThrow(() -> new PreviewException(Messages.ChangeActions_nobodyAsked(commit)));
        asked.approve(by);
        build(job, cause);
    }

    /** Notes on the newest build that its preview is unwanted now, so that it is built when it is wanted again. */
    public static void noteUnwanted(Job<?, ?> job, String reason) {
        ChangeReader.newest(job).ifPresent(run -> {
            try {
                SkippedPreview.note(run, reason);
            } catch (IOException e) {
                LOGGER.log(
                        Level.WARNING, e, () -> run + " can't be saved; its pull request is built with the next push.");
            }
        });
    }

    /** The number of the newest build that cares for previews, if it got none because it was unwanted. */
    public static OptionalInt skipped(Job<?, ?> job) {
        return ChangeReader.newest(job)
                .filter(run -> run.getAction(SkippedPreview.class) != null)
                .map(run -> OptionalInt.of(run.getNumber()))
                .orElse(OptionalInt.empty());
    }
}
