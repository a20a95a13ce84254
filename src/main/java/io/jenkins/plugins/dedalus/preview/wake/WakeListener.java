package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import java.time.Duration;

/** Hears of wakes, for metrics and logs. Must not block. */
public interface WakeListener {
    /** Hears nothing. */
    WakeListener NONE = new WakeListener() {};

    /** A wake begins. */
    default void wakeStarted(String machineId) {}

    /** A wake call goes out to Dedalus. */
    default void wakeCalled(String machineId) {}

    /** The machine runs but its app is deaf: the start command left on it is run. */
    default void repairStarted(String machineId) {}

    /** Its app stays deaf although it was started again: the machine is booted anew. */
    default void rebootStarted(String machineId) {}

    /** A wake ended. {@code failure} is null on success. */
    default void wakeEnded(String machineId, Duration took, WakeFailedException failure) {}

    /** One more caller waits, or one less; {@code waiting} is the gate's total. */
    default void waiters(int waiting) {}
}
