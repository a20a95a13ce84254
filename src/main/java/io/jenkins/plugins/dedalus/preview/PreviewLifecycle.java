package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * How previews come, change, sleep, wake and go. One operation at a time per preview; every operation is idempotent, goes on
 * by itself without holding a thread, and after a restart goes on from where the ledger stands when it is asked for again.
 * Thread-safe.
 */
public final class PreviewLifecycle implements AutoCloseable {
    private final Builder parts;

    private PreviewLifecycle(Builder parts) {
        this.parts = parts;
    }

    /** Starts a builder; client, ledger and gate are required. */
    public static Builder builder() {
        return new Builder();
    }

    /** Brings the preview to the request's commit: makes the machine or uses the preview's own, runs the scripts, starts the app. */
    public PreviewOperation ensure(PreviewRequest request, ProgressListener listener) {
        throw new UnsupportedOperationException("not built yet: " + parts.settings + request);
    }

    /** Takes the preview down. A preview that isn't known is down already. */
    public PreviewOperation teardown(PreviewKey key, Teardown teardown, ProgressListener listener) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** Runs a command on the preview's machine. */
    public ExecHandle exec(PreviewKey key, ExecRequest request, OutputListener listener) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** Wakes the preview's machine through the gate. */
    public CompletableFuture<Awake> wake(PreviewKey key) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** Puts the preview's machine to sleep. */
    public CompletableFuture<SleepOutcome> sleep(PreviewKey key) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** What the ledger knows; no API call. */
    public Optional<PreviewRecord> status(PreviewKey key) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** What the ledger knows, and the machine's phase read from Dedalus. Empty if the preview isn't known. */
    public CompletableFuture<Optional<PreviewView>> view(PreviewKey key) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** All records; no API call. */
    public List<PreviewRecord> list() {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The operation under way for a preview in this process. */
    public Optional<PreviewOperation> running(PreviewKey key) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /**
     * Says which machine an unanswered create of an expired key made, after a person looked.
     *
     * @param machineId the machine to adopt; null if the create made none
     */
    public PreviewRecord resolveCreation(PreviewKey key, String machineId) {
        throw new UnsupportedOperationException("not built yet: " + key);
    }

    /** Stops all operations where they stand; the ledger keeps them for the next start. */
    @Override
    public void close() {}

    /** What a lifecycle is made of. */
    public static final class Builder {
        private DedalusClient client;
        private PreviewLedger ledger;
        private WakeGate gate;
        private EngineScheduler scheduler;
        private LifecycleSettings settings = LifecycleSettings.DEFAULT;
        private Clock clock = Clock.systemUTC();
        private Function<ExposedPort, String> publicUrl = ExposedPort::url;
        private CrashSeam seam = CrashSeam.NONE;

        private Builder() {}

        /** Sets the API client. */
        public Builder client(DedalusClient value) {
            this.client = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the ledger; must be its owner. */
        public Builder ledger(PreviewLedger value) {
            this.ledger = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the wake gate shared with the proxy. */
        public Builder gate(WakeGate value) {
            this.gate = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the pool; without one the lifecycle makes its own. */
        public Builder scheduler(EngineScheduler value) {
            this.scheduler = Objects.requireNonNull(value);
            return this;
        }

        /** Sets pauses and limits. */
        public Builder settings(LifecycleSettings value) {
            this.settings = Objects.requireNonNull(value);
            return this;
        }

        /** Sets the clock. */
        public Builder clock(Clock value) {
            this.clock = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Sets the address that viewers and scripts (PREVIEW_URL) get for an exposed port: the preview host's where there is
         * one; by default the Dedalus URL.
         */
        public Builder publicUrl(Function<ExposedPort, String> value) {
            this.publicUrl = Objects.requireNonNull(value);
            return this;
        }

        Builder seam(CrashSeam value) {
            this.seam = Objects.requireNonNull(value);
            return this;
        }

        /** Makes the lifecycle. */
        public PreviewLifecycle build() {
            Objects.requireNonNull(client, "client");
            Objects.requireNonNull(ledger, "ledger");
            Objects.requireNonNull(gate, "gate");
            return new PreviewLifecycle(this);
        }

        DedalusClient client() {
            return client;
        }

        PreviewLedger ledger() {
            return ledger;
        }

        WakeGate gate() {
            return gate;
        }

        EngineScheduler scheduler() {
            return scheduler;
        }

        LifecycleSettings settings() {
            return settings;
        }

        Clock clock() {
            return clock;
        }

        Function<ExposedPort, String> publicUrl() {
            return publicUrl;
        }

        CrashSeam seam() {
            return seam;
        }
    }
}
