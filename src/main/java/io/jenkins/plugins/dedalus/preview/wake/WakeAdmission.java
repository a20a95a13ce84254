package io.jenkins.plugins.dedalus.preview.wake;

import java.time.Duration;
import java.util.Optional;

/** Whether one more machine may be awake. Asked before each wake call, on a thread that may wait for Dedalus. */
public interface WakeAdmission {
    /** Whoever asks may wake. */
    WakeAdmission OPEN = machineId -> Optional.empty();

    /**
     * Lets a machine wake, from when on it counts as awake, or makes room for it.
     *
     * @return empty if it may; else after which time to ask again
     */
    Optional<Duration> admit(String machineId);

    /** The wake of a machine that was admitted is over: from now on it counts if it is awake. */
    default void ended(String machineId) {}
}
