package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.Cancellation;
import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;

/** What every operation uses. */
record EngineParts(
        DedalusClient client,
        PreviewLedger ledger,
        WakeGate gate,
        ReadinessProbe probe,
        EngineScheduler scheduler,
        LifecycleSettings settings,
        Clock clock,
        Function<ExposedPort, String> publicUrl,
        CrashSeam seam) {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(90);

    /** One call of the API, with the moments before and after it as crash points. */
    <T> T call(String what, Supplier<T> call) {
        seam.reach("before " + what);
        T answer = call.get();
        seam.reach("after " + what);
        return answer;
    }

    Instant now() {
        return clock.instant();
    }

    static RequestOptions options(Cancellation cancellation) {
        return RequestOptions.none().withDeadline(CALL_LIMIT).withCancellation(cancellation);
    }
}
