package io.jenkins.plugins.dedalus.preview.model;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Tells all listeners of an operation; one that throws is logged and doesn't disturb the others. */
public final class ProgressFanOut {
    private static final Logger LOGGER = Logger.getLogger(ProgressFanOut.class.getName());

    private final Clock clock;
    private final Instant since;
    private final List<ProgressListener> listeners = new CopyOnWriteArrayList<>();
    private volatile String phase = "waiting for its turn";

    public ProgressFanOut(Clock clock, ProgressListener first) {
        this.clock = clock;
        this.since = clock.instant();
        add(first);
    }

    public void add(ProgressListener listener) {
        if (listener != null) {
            listeners.add(listener);
        }
    }

    public void phase(String next) {
        if (!next.equals(phase)) {
            phase = next;
            tell(null, false);
        }
    }

    public void line(String line) {
        tell(line, false);
    }

    public void output(String line) {
        tell(line, true);
    }

    /** Whether all listeners have room for more output. */
    public boolean ready() {
        for (ProgressListener listener : listeners) {
            try {
                if (!listener.ready()) {
                    return false;
                }
            } catch (RuntimeException | Error e) {
                LOGGER.log(Level.WARNING, "A progress listener failed; the operation goes on.", e);
            }
        }
        return true;
    }

    public String status() {
        return phase + ", " + Duration.between(since, clock.instant()).toSeconds() + " s";
    }

    private void tell(String line, boolean output) {
        Progress progress = new Progress(phase, Duration.between(since, clock.instant()), line, output);
        for (ProgressListener listener : listeners) {
            try {
                listener.onProgress(progress);
            } catch (RuntimeException | Error e) {
                LOGGER.log(Level.WARNING, "A progress listener failed; the operation goes on.", e);
            }
        }
    }
}
