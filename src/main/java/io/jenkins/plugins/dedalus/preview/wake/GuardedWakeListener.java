package io.jenkins.plugins.dedalus.preview.wake;

import io.jenkins.plugins.dedalus.preview.error.WakeFailedException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps a wake listener's own trouble from those who wait for the wake. */
final class GuardedWakeListener implements WakeListener {
    private static final Logger LOGGER = Logger.getLogger(GuardedWakeListener.class.getName());

    private final WakeListener listener;

    GuardedWakeListener(WakeListener listener) {
        this.listener = listener;
    }

    @Override
    public void wakeStarted(String machineId) {
        tell(() -> listener.wakeStarted(machineId));
    }

    @Override
    public void wakeCalled(String machineId) {
        tell(() -> listener.wakeCalled(machineId));
    }

    @Override
    public void repairStarted(String machineId) {
        tell(() -> listener.repairStarted(machineId));
    }

    @Override
    public void rebootStarted(String machineId) {
        tell(() -> listener.rebootStarted(machineId));
    }

    @Override
    public void wakeEnded(String machineId, Duration took, WakeFailedException failure) {
        tell(() -> listener.wakeEnded(machineId, took, failure));
    }

    @Override
    public void waiters(int waiting) {
        tell(() -> listener.waiters(waiting));
    }

    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.WARNING, "A wake listener failed; the wake goes on.", e);
        }
    }
}
