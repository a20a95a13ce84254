package io.jenkins.plugins.dedalus.github.publish;

import io.jenkins.plugins.dedalus.github.publish.CallOutcome.Kind;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.scm.ChangeRef;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The calls with one project's credentials: one after the other, a moment apart, none while GitHub wants a pause. */
final class CallQueue {
    private static final Logger LOGGER = Logger.getLogger(CallQueue.class.getName());

    private final EngineScheduler scheduler;
    private final PublisherSettings settings;
    private final Work work;
    private final Map<ChangeRef, Waiting> waiting = new LinkedHashMap<>();
    private boolean scheduled;
    /** When the next call may be made, on the scheduler's clock; null before the first. */
    private Long free;

    private Duration limited = Duration.ZERO;
    private Duration retry = Duration.ZERO;

    /** @param project the project that was named; null if none was */
    private record Waiting(String project, int failures) {}

    /** A call that was made. */
    record Step(CallOutcome outcome, boolean looked) {}

    /** Makes a change request's next call. */
    @FunctionalInterface
    interface Work {
        /** Empty when nothing is due any more. */
        Optional<Step> next(ChangeRef change, String project);
    }

    CallQueue(EngineScheduler scheduler, PublisherSettings settings, Work work) {
        this.scheduler = scheduler;
        this.settings = settings;
        this.work = work;
    }

    synchronized void add(ChangeRef change, String project) {
        waiting.putIfAbsent(change, new Waiting(project, 0));
        if (!scheduled) {
            schedule();
        }
    }

    private void schedule() {
        scheduled = true;
        long wait = free == null ? 0 : Math.max(0, free - scheduler.nanoTime());
        try {
            scheduler.schedule(Duration.ofNanos(wait), this::run);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.FINE, "Stopping: the next start looks again.", e);
        }
    }

    private void run() {
        ChangeRef change;
        Waiting asked;
        synchronized (this) {
            Iterator<Map.Entry<ChangeRef, Waiting>> all = waiting.entrySet().iterator();
            Map.Entry<ChangeRef, Waiting> first = all.next();
            change = first.getKey();
            asked = first.getValue();
            all.remove();
        }
        Optional<Step> step;
        try {
            step = work.next(change, asked.project());
        } catch (RuntimeException e) {
            LOGGER.log(
                    Level.WARNING, e, () -> "What GitHub shows of " + change.describe() + " was not brought forward.");
            step = Optional.empty();
        }
        after(change, asked, step.orElse(null));
    }

    private synchronized void after(ChangeRef change, Waiting asked, Step step) {
        if (step != null) {
            free = scheduler.nanoTime() + pause(step).toNanos();
            int failures = step.outcome().kind() == Kind.UNKNOWN ? asked.failures() + 1 : 0;
            if (failures < settings.tries()) {
                waiting.putIfAbsent(change, new Waiting(asked.project(), failures));
            }
        }
        scheduled = false;
        if (!waiting.isEmpty()) {
            schedule();
        }
    }

    private Duration pause(Step step) {
        CallOutcome outcome = step.outcome();
        Kind kind = outcome.kind();
        if (kind == Kind.LIMITED) {
            limited = longer(limited, settings.limited());
            return outcome.pause() == null ? limited : outcome.pause();
        }
        if (kind == Kind.UNKNOWN) {
            retry = longer(retry, settings.retry());
            return retry;
        }
        limited = Duration.ZERO;
        retry = Duration.ZERO;
        Duration spacing = step.looked() ? Duration.ZERO : settings.spacing();
        return outcome.pause() == null || outcome.pause().compareTo(spacing) < 0 ? spacing : outcome.pause();
    }

    private Duration longer(Duration before, Duration first) {
        Duration next = before.isZero() ? first : before.multipliedBy(2);
        return next.compareTo(settings.longest()) > 0 ? settings.longest() : next;
    }
}
