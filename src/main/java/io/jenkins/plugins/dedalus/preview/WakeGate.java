package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One wake per machine, however many callers wait for it. No thread is parked per waiter. Thread-safe. */
public final class WakeGate implements AutoCloseable {
    private final Builder parts;

    private WakeGate(Builder parts) {
        this.parts = parts;
    }

    /** Starts a builder; client and probe are required. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Wakes the machine, or joins the wake under way.
     *
     * @return completes once the app answers; fails with {@link WakeFailedException} ({@link GateFullException} when too
     *     many wait). Cancelling it leaves the wake and the other waiters alone.
     */
    public CompletableFuture<Awake> wake(WakeTarget target) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not built yet: " + parts.settings));
    }

    /** The machine's app answered, or an execution ran, just now. */
    public void seenActive(String machineId) {}

    /** Whether the machine was seen active so recently that it can't sleep yet; one map look-up. Null: never sleeps. */
    public boolean believedActive(String machineId, Duration autosleep) {
        return false;
    }

    /** The belief proved wrong, or the machine was put to sleep: the next wake asks Dedalus. */
    public void drop(String machineId) {}

    /** The machine is being deleted: fails a wake under way and forgets all about it. */
    public void forget(String machineId, String why) {}

    /** When the wake under way for this machine began. */
    public Optional<Instant> wakingSince(String machineId) {
        return Optional.empty();
    }

    /** Callers waiting now, over all machines. */
    public int waiters() {
        return 0;
    }

    /** Fails all waiters; cancels the calls under way. */
    @Override
    public void close() {}

    /** What a gate is made of. */
    public static final class Builder {
        private DedalusClient client;
        private ReadinessProbe probe;
        private EngineScheduler scheduler;
        private WakeListener listener = WakeListener.NONE;
        private WakeSettings settings = WakeSettings.DEFAULT;
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** Sets the API client. */
        public Builder client(DedalusClient value) {
            this.client = Objects.requireNonNull(value);
            return this;
        }

        /** Sets how the app is asked whether it answers. */
        public Builder probe(ReadinessProbe value) {
            this.probe = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the pool; null makes one of its own. */
        public Builder scheduler(EngineScheduler value) {
            this.scheduler = value;
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

        /** Sets the clock. */
        public Builder clock(Clock value) {
            this.clock = Objects.requireNonNull(value);
            return this;
        }

        /** Makes the gate. */
        public WakeGate build() {
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(probe, "probe");
            Objects.requireNonNull(clock, "clock");
            Objects.requireNonNull(listener, "listener");
            return new WakeGate(this);
        }

        EngineScheduler scheduler() {
            return scheduler;
        }
    }
}
