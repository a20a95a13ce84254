package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.EventReader;
import io.jenkins.plugins.dedalus.client.call.ByteBudget;
import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.engine.EngineThreads;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.operation.EngineContext;
import io.jenkins.plugins.dedalus.preview.operation.Whereabouts;
import io.jenkins.plugins.dedalus.preview.room.LedgerLimit;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import io.jenkins.plugins.dedalus.preview.room.WaitingLine;
import io.jenkins.plugins.dedalus.preview.wake.HttpReadinessProbe;
import io.jenkins.plugins.dedalus.preview.wake.ReadinessProbe;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import java.time.Clock;
import java.util.Objects;
import java.util.function.Function;

/** What a {@link PreviewLifecycle} is made of. */
public final class LifecycleBuilder {
    private static final long OUTPUT_AT_ONCE = 4L * EventReader.LARGEST_PAGE;
    private DedalusClient client;
    private PreviewLedger ledger;
    private WakeGate gate;
    private ReadinessProbe probe;
    private EngineScheduler scheduler;
    private LifecycleSettings settings = LifecycleSettings.DEFAULT;
    private Clock clock = Clock.systemUTC();
    private Function<ExposedPort, String> publicUrl = ExposedPort::url;
    private CrashSeam seam = CrashSeam.NONE;
    private ByteBudget output = new ByteBudget(OUTPUT_AT_ONCE);
    private MachineLimits limits;

    LifecycleBuilder() {}

    /** Sets the API client; what is tried again is tried again by the engine, never by waiting in the client. */
    public LifecycleBuilder client(DedalusClient value) {
        this.client = Objects.requireNonNull(value);
        return this;
    }

    /** Sets the ledger; must be its owner. */
    public LifecycleBuilder ledger(PreviewLedger value) {
        this.ledger = Objects.requireNonNull(value);
        return this;
    }

    /** Sets the wake gate shared with the proxy. */
    public LifecycleBuilder gate(WakeGate value) {
        this.gate = Objects.requireNonNull(value);
        return this;
    }

    /** Sets the pool; without one the lifecycle makes its own. */
    public LifecycleBuilder scheduler(EngineScheduler value) {
        this.scheduler = Objects.requireNonNull(value);
        return this;
    }

    /** Sets how a preview URL is asked whether it answers; by default an HTTP request of the engine's own. */
    public LifecycleBuilder probe(ReadinessProbe value) {
        this.probe = Objects.requireNonNull(value);
        return this;
    }

    /** Sets pauses and limits. */
    public LifecycleBuilder settings(LifecycleSettings value) {
        this.settings = Objects.requireNonNull(value);
        return this;
    }

    /** Sets the clock. */
    public LifecycleBuilder clock(Clock value) {
        this.clock = Objects.requireNonNull(value);
        return this;
    }

    /**
     * Sets the address that viewers and scripts (PREVIEW_URL) get for an exposed port: the preview host's where there is
     * one; by default the Dedalus URL.
     */
    public LifecycleBuilder publicUrl(Function<ExposedPort, String> value) {
        this.publicUrl = Objects.requireNonNull(value);
        return this;
    }

    /** Sets how much output may be read at once; by default 4 MiB of this lifecycle's own. To be shared in a process. */
    public LifecycleBuilder output(ByteBudget value) {
        this.output = Objects.requireNonNull(value);
        return this;
    }

    /** Sets how many machines there may be; by default {@link LifecycleSettings#maxMachines()} in this ledger. */
    public LifecycleBuilder limits(MachineLimits value) {
        this.limits = Objects.requireNonNull(value);
        return this;
    }

    LifecycleBuilder seam(CrashSeam value) {
        this.seam = Objects.requireNonNull(value);
        return this;
    }

    /** Makes the lifecycle. */
    public PreviewLifecycle build() {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(ledger, "ledger");
        Objects.requireNonNull(gate, "gate");
        EngineThreads own = scheduler == null ? new EngineThreads("dedalus-preview", 8) : null;
        EngineScheduler used = own == null ? scheduler : own;
        DedalusClient once = client.unretried();
        return new PreviewLifecycle(
                new EngineContext(
                        once,
                        ledger,
                        gate,
                        probe == null ? new HttpReadinessProbe(used) : probe,
                        used,
                        settings,
                        clock,
                        publicUrl,
                        seam,
                        output,
                        LedgerLimit.unless(limits, ledger, settings),
                        new WaitingLine(),
                        new Whereabouts(once, ledger, settings, used)),
                own);
    }
}
