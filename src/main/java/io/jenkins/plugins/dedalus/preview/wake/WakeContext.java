package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicReference;

/** What every wake of a gate uses; the clock only tells people when something was. */
record WakeContext(
        DedalusClient client,
        WakeCalls calls,
        ProbeQueue probe,
        EngineScheduler scheduler,
        WakeListener listener,
        WakeSettings settings,
        Clock clock,
        Reboots reboots,
        AtomicReference<WakeAdmission> admission) {}
