package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.preview.error.GateFullException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/** What the gate knows of one machine: when it was seen active, the wake under way, the last failure's pause. */
final class GateEntry {
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final Duration MOMENT = Duration.ofSeconds(10);

    private final String machineId;
    private final WakeContext tools;
    private volatile boolean seen;
    private volatile long lastActive;
    private volatile boolean doubted;
    private volatile boolean viewed;
    private volatile long lastViewed;
    private volatile boolean used;
    private volatile long lastUsed;
    private WakeAttempt attempt;
    private boolean begun;
    private int waiting;
    private int failures;
    private WakeFailedException lastFailure;
    private long pausedUntil;

    GateEntry(String machineId, WakeContext tools) {
        this.machineId = machineId;
        this.tools = tools;
    }

    boolean activeWithin(Duration belief) {
        return !doubted && seenWithin(belief);
    }

    private boolean seenWithin(Duration span) {
        return seen && tools.scheduler().nanoTime() - lastActive < span.toNanos();
    }

    void seenActive() {
        lastActive = tools.scheduler().nanoTime();
        seen = true;
        doubted = false;
    }

    /** Somebody looks, or wants to. */
    void viewed() {
        lastViewed = tools.scheduler().nanoTime();
        viewed = true;
        passing();
    }

    /** Bytes pass that somebody waits for. */
    void passing() {
        lastUsed = tools.scheduler().nanoTime();
        used = true;
    }

    boolean usedWithin(Duration span) {
        return used && tools.scheduler().nanoTime() - lastUsed < span.toNanos();
    }

    Optional<Duration> viewedAgo() {
        return viewed ? Optional.of(Duration.ofNanos(tools.scheduler().nanoTime() - lastViewed)) : Optional.empty();
    }

    void drop() {
        seen = false;
    }

    void doubt() {
        doubted = true;
    }

    /** Whether the machine was active a moment before a doubt arose, so that it probably still is. */
    private boolean likelyAwake() {
        return doubted && seenWithin(MOMENT);
    }

    synchronized Optional<Instant> wakingSince() {
        return attempt == null ? Optional.empty() : Optional.of(attempt.since());
    }

    /** A future of its own for one more caller; already failed if it may not wait. {@code count} gets +1 and later -1. */
    synchronized CompletableFuture<Awake> join(WakeTarget target, Duration belief, IntConsumer count) {
        if (attempt == null && activeWithin(belief)) {
            // The wake ended between the caller's look and this lock; a second call would tell Dedalus nothing new.
            return CompletableFuture.completedFuture(new Awake(machineId, true, false, Duration.ZERO));
        }
        if (attempt == null) {
            Duration pause = Duration.ofNanos(pausedUntil - tools.scheduler().nanoTime());
            if (lastFailure != null && !pause.isNegative() && !pause.isZero()) {
                return CompletableFuture.failedFuture(pausing(pause));
            }
            attempt = new WakeAttempt(target, tools, likelyAwake(), this::ended);
            begun = false;
        } else if (waiting >= tools.settings().maxWaiters()) {
            return CompletableFuture.failedFuture(new GateFullException(machineId, waiting, Duration.ofSeconds(2)));
        }
        waiting++;
        count.accept(1);
        AtomicBoolean left = new AtomicBoolean();
        Runnable leave = () -> {
            if (left.compareAndSet(false, true)) {
                left();
                count.accept(-1);
            }
        };
        // Before the caller hears of the end, so that whoever looks then finds it gone; and when the caller ends it
        // itself.
        CompletableFuture<Awake> joined = attempt.done().whenComplete((awake, failure) -> leave.run());
        joined.whenComplete((awake, failure) -> leave.run());
        return joined;
    }

    private synchronized void left() {
        waiting--;
    }

    /** Starts the attempt that {@link #join} made; outside of its lock, for it may end at once. */
    void begin() {
        WakeAttempt starting = null;
        synchronized (this) {
            if (attempt != null && !begun) {
                begun = true;
                starting = attempt;
            }
        }
        if (starting != null) {
            starting.start();
        }
    }

    void abort(WakeFailedException why) {
        WakeAttempt aborted;
        synchronized (this) {
            aborted = attempt;
        }
        if (aborted != null) {
            aborted.fail(why);
        }
    }

    /** Runs before the waiters hear of it, so that whoever comes next meets the new state. */
    private synchronized void ended(WakeAttempt ending, WakeFailedException failure) {
        if (attempt != ending) {
            return;
        }
        attempt = null;
        if (failure == null) {
            failures = 0;
            lastFailure = null;
            seenActive();
            return;
        }
        drop();
        lastFailure = failure;
        // A wake that used up its whole time has paused enough: the next caller tries anew.
        boolean pauses =
                failure.kind() == WakeFailedException.Kind.REFUSED || failure.kind() == WakeFailedException.Kind.GONE;
        Duration pause = pauses ? pauseAfter(failure) : Duration.ZERO;
        pausedUntil = tools.scheduler().nanoTime() + pause.toNanos();
    }

    private Duration pauseAfter(WakeFailedException failure) {
        Duration pause = tools.settings().backoff(failures++);
        Duration asked = failure.retryAfter();
        if (asked == null || asked.compareTo(pause) <= 0) {
            return pause;
        }
        // A viewer who comes back later than this deserves another try, whatever Dedalus asked for.
        return asked.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : asked;
    }

    private WakeFailedException pausing(Duration pause) {
        WakeFailedException.Kind kind = lastFailure.kind() == WakeFailedException.Kind.GONE
                ? WakeFailedException.Kind.GONE
                : WakeFailedException.Kind.BACKING_OFF;
        return new WakeFailedException(kind, lastFailure.getMessage(), pause, lastFailure);
    }
}
