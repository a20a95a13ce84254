package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import java.time.Clock;

/** What every wake of a gate uses. */
record WakeTools(
        DedalusClient client,
        ReadinessProbe probe,
        EngineScheduler scheduler,
        WakeListener listener,
        WakeSettings settings,
        Clock clock) {}
