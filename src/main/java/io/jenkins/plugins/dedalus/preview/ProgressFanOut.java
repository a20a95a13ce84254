package io.jenkins.plugins.dedalus.preview;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Tells all listeners of an operation; one that throws is logged and doesn't disturb the others. */
final class ProgressFanOut {
    private static final Logger LOGGER = Logger.getLogger(ProgressFanOut.class.getName());

    private final Clock clock;
    private final Instant since;
    private final List<ProgressListener> listeners = new CopyOnWriteArrayList<>();
    private volatile String phase = "waiting for its turn";

    ProgressFanOut(Clock clock, ProgressListener first) {
        this.clock = clock;
        this.since = clock.instant();
        add(first);
    }

    void add(ProgressListener listener) {
        if (listener != null) {
            listeners.add(listener);
        }
    }

    void phase(String next) {
        if (!next.equals(phase)) {
            phase = next;
            tell(null, false);
        }
    }

    void line(String line) {
        tell(line, false);
    }

    void output(String line) {
        tell(line, true);
    }

    String status() {
        return phase + ", " + Duration.between(since, clock.instant()).toSeconds() + " s";
    }

    private void tell(String line, boolean output) {
        Progress progress = new Progress(phase, Duration.between(since, clock.instant()), line, output);
        for (ProgressListener listener : listeners) {
            try {
                listener.onProgress(progress);
            } catch (RuntimeException e) {
                LOGGER.log(Level.WARNING, "A progress listener failed; the operation goes on.", e);
            }
        }
    }
}
