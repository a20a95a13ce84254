package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.ByteBudget;
import io.jenkins.plugins.dedalus.client.call.Cancellation;
import io.jenkins.plugins.dedalus.client.call.Priority;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.MachineIds;
import io.jenkins.plugins.dedalus.preview.engine.CrashSeam;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.ledger.Lifetime;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewRecord;
import io.jenkins.plugins.dedalus.preview.model.ExposedPort;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.room.MachineLimits;
import io.jenkins.plugins.dedalus.preview.room.WaitingLine;
import io.jenkins.plugins.dedalus.preview.wake.ReadinessProbe;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** What every operation uses. */
public record EngineContext(
        DedalusClient client,
        PreviewLedger ledger,
        WakeGate gate,
        ReadinessProbe probe,
        EngineScheduler scheduler,
        LifecycleSettings settings,
        Clock clock,
        Function<ExposedPort, String> publicUrl,
        CrashSeam seam,
        ByteBudget output,
        MachineLimits limits,
        WaitingLine line,
        Whereabouts whereabouts) {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(90);

    /** One call of the API, with the moments before and after it as crash points. */
    <T> T call(String what, Supplier<T> call) {
        seam.reach("before " + what);
        T answer = call.get();
        seam.reach("after " + what);
        return answer;
    }

    /** Every machine that some preview owns, of this ledger or of a neighbour's, as canonical ids. */
    public Set<String> owned() {
        Set<String> owned = new HashSet<>(ledger.machines());
        limits.neighbours().stream()
                .flatMap(record -> record.machines().stream())
                .map(MachineIds::canonical)
                .forEach(owned::add);
        return owned;
    }

    /** The server's time as far as its answers told it, so that time stamps of both can be compared; else this machine's. */
    public Instant now() {
        return client.serverClock().earliest().orElseGet(clock::instant);
    }

    /** Whether {@link #now} is the server's time. */
    public boolean knowsTime() {
        return client.serverClock().earliest().isPresent();
    }

    /** Whether {@link #now} is the server's time; asks it if there was no answer yet. False if it names no time. */
    public boolean learnTime(RequestOptions options) {
        if (!knowsTime()) {
            client.machines().list(1, null, options);
        }
        return knowsTime();
    }

    /** How long a preview stays, from the last time that somebody looked: as its record has it, or since then. */
    public Lifetime lifetime(PreviewRecord record) {
        Lifetime written = record.lifetime();
        Optional<Duration> ago = record.machineId() == null ? Optional.empty() : gate.viewedAgo(record.machineId());
        return ago.map(since -> written.seen(now().minus(since), knowsTime())).orElse(written);
    }

    /** For durations within this process, in nanoseconds: no clock that is set changes them. */
    public long nanos() {
        return scheduler.nanoTime();
    }

    /** How long ago that was, by {@link #nanos}. */
    public Duration since(long nanos) {
        return Duration.ofNanos(nanos() - nanos);
    }

    /** For looking whether something has changed. */
    public static RequestOptions options(Cancellation cancellation) {
        return urgent(cancellation).withPriority(Priority.BACKGROUND);
    }

    /** For what somebody waits for. */
    public static RequestOptions urgent(Cancellation cancellation) {
        return RequestOptions.none().withDeadline(CALL_LIMIT).withCancellation(cancellation);
    }
}
