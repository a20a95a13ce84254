package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.error.GateFullException;
import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One wake per machine, however many callers wait for it, and many machines at once. No thread is parked per waiter, the first caller's leaving cancels
 * nothing, failures are forgotten after a pause, and a machine seen active costs no call at all. Thread-safe.
 */
public final class WakeGate implements AutoCloseable {
    private static final Duration BELIEF_OF_THE_SLEEPLESS = Duration.ofHours(1);
    private static final int THREADS = 4;
    private static final Duration LONGEST_MARGIN = Duration.ofSeconds(30);

    private final ConcurrentMap<String, GateEntry> entries = new ConcurrentHashMap<>();
    private final AtomicInteger waiters = new AtomicInteger();
    private final WakeContext tools;
    private final EngineThreads own;
    private volatile boolean closed;

    private WakeGate(Builder parts) {
        own = parts.scheduler == null ? new EngineThreads("dedalus-gate", THREADS) : null;
        EngineScheduler scheduler = own == null ? parts.scheduler : own;
        ReadinessProbe probe = parts.probe == null ? new HttpReadinessProbe(scheduler) : parts.probe;
        tools = new WakeContext(
                parts.client.unretried(),
                calls(parts, own == null ? scheduler : null),
                new ProbeQueue(probe, parts.settings.probesAtOnce()),
                scheduler,
                new GuardedWakeListener(parts.listener),
                parts.settings,
                parts.clock,
                new Reboots(),
                new AtomicReference<>(WakeAdmission.OPEN));
    }

    private static WakeCalls calls(Builder parts, EngineScheduler given) {
        if (parts.calls != null) {
            return parts.calls;
        }
        return given == null ? new WakeCalls(parts.settings.callsAtOnce()) : new WakeCalls(given);
    }

    /** Starts a builder; the client is required. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Wakes the machine, or joins the wake under way. Doesn't block.
     *
     * @return completes once the app answers; fails with {@link WakeFailedException} ({@link GateFullException} when too
     *     many wait). Cancelling it leaves the wake and the other waiters alone.
     */
    public CompletableFuture<Awake> wake(WakeTarget target) {
        Objects.requireNonNull(target, "target");
        viewed(target.machineId());
        if (believedActive(target.machineId(), target.autosleep())) {
            return CompletableFuture.completedFuture(new Awake(target.machineId(), true, false, Duration.ZERO));
        }
        if (closed) {
            return CompletableFuture.failedFuture(closedFailure(target.machineId()));
        }
        GateEntry entry = entry(target.machineId());
        CompletableFuture<Awake> joined = entry.join(
                target, belief(target.autosleep()), change -> tools.listener().waiters(waiters.addAndGet(change)));
        entry.begin();
        if (closed) {
            // Who closed it meanwhile may have looked for wakes before there was this one.
            entry.abort(closedFailure(target.machineId()));
        }
        return joined;
    }

    /** The machine's app answered, or an execution ran, just now. */
    public void seenActive(String machineId) {
        entry(machineId).seenActive();
    }

    /** Sets who says whether one more machine may be awake; by default any may. */
    public void admission(WakeAdmission value) {
        tools.admission().set(value);
    }

    /** Somebody looks at the machine's app just now, or waits to. */
    public void viewed(String machineId) {
        entry(machineId).viewed();
    }

    /** Bytes of the machine's app pass that somebody waits for. */
    public void passing(String machineId) {
        entry(machineId).passing();
    }

    /** Whether somebody looked or bytes passed since then. */
    public boolean usedWithin(String machineId, Duration span) {
        GateEntry entry = entries.get(machineId);
        return entry != null && entry.usedWithin(span);
    }

    /** How long ago somebody looked last; empty if nobody did in this process. */
    public Optional<Duration> viewedAgo(String machineId) {
        GateEntry entry = entries.get(machineId);
        return entry == null ? Optional.empty() : entry.viewedAgo();
    }

    /** Whether the machine was seen active so recently that it can't sleep yet; one map look-up. Null: never sleeps. */
    public boolean believedActive(String machineId, Duration autosleep) {
        GateEntry entry = entries.get(machineId);
        return entry != null && entry.activeWithin(belief(autosleep));
    }

    private static Duration belief(Duration autosleep) {
        if (autosleep == null) {
            return BELIEF_OF_THE_SLEEPLESS;
        }
        Duration margin = autosleep.dividedBy(5);
        return autosleep.minus(margin.compareTo(LONGEST_MARGIN) > 0 ? LONGEST_MARGIN : margin);
    }

    /**
     * The machine may have fallen asleep against all expectation: a request to it failed. If it was seen active a moment ago,
     * the next wake reads it first, for an app that is merely overwhelmed needs no wake call.
     */
    public void doubt(String machineId) {
        GateEntry entry = entries.get(machineId);
        if (entry != null) {
            entry.doubt();
        }
    }

    /** The machine was put to sleep: the next wake calls Dedalus. */
    public void drop(String machineId) {
        GateEntry entry = entries.get(machineId);
        if (entry != null) {
            entry.drop();
        }
    }

    /** The machine is being deleted: fails a wake under way as {@code GONE} and forgets all about it. */
    public void forget(String machineId, String why) {
        GateEntry entry = entries.remove(machineId);
        if (entry != null) {
            entry.abort(new WakeFailedException(WakeFailedException.Kind.GONE, why, null, null));
        }
    }

    /** When the wake under way for this machine began; empty when none is. */
    public Optional<Instant> wakingSince(String machineId) {
        GateEntry entry = entries.get(machineId);
        return entry == null ? Optional.empty() : entry.wakingSince();
    }

    /** Callers waiting now, over all machines. */
    public int waiters() {
        return waiters.get();
    }

    /** Fails all waiters and cancels the calls under way. */
    @Override
    public void close() {
        closed = true;
        entries.forEach((machineId, entry) -> entry.abort(closedFailure(machineId)));
        entries.clear();
        tools.calls().close();
        if (own != null) {
            own.close();
        }
    }

    private GateEntry entry(String machineId) {
        return entries.computeIfAbsent(machineId, id -> new GateEntry(id, tools));
    }

    static WakeFailedException closedFailure(String machineId) {
        return new WakeFailedException(
                WakeFailedException.Kind.CLOSED,
                "Machine " + machineId + " was not woken: this process is stopping. Try again shortly.",
                Duration.ofSeconds(5),
                null);
    }

    /** What a gate is made of. */
    public static final class Builder {
        private DedalusClient client;
        private ReadinessProbe probe;
        private EngineScheduler scheduler;
        private WakeCalls calls;
        private WakeListener listener = WakeListener.NONE;
        private WakeSettings settings = WakeSettings.DEFAULT;
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** Sets the API client. */
        public Builder client(DedalusClient value) {
            this.client = Objects.requireNonNull(value);
            return this;
        }

        /** Sets how the app is asked whether it answers; by default an HTTP request of its own. */
        public Builder probe(ReadinessProbe value) {
            this.probe = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Sets the pool, for time and calls; null makes pools of its own: a few threads for the time, and as many for calls
         * as the settings allow.
         */
        public Builder scheduler(EngineScheduler value) {
            this.scheduler = value;
            return this;
        }

        /** Sets where calls wait for their answers; closed with the gate. */
        public Builder calls(WakeCalls value) {
            this.calls = Objects.requireNonNull(value);
            return this;
        }

        /** Sets who hears of wakes. */
        public Builder listener(WakeListener value) {
            this.listener = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the limits. */
        public Builder settings(WakeSettings value) {
            this.settings = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the clock that tells when a wake began; durations and deadlines are the scheduler's. */
        public Builder clock(Clock value) {
            this.clock = Objects.requireNonNull(value);
            return this;
        }

        /** Makes the gate. */
        public WakeGate build() {
            Objects.requireNonNull(client, "client");
            return new WakeGate(this);
        }
    }
}
