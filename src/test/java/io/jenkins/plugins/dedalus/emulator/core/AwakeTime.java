package io.jenkins.plugins.dedalus.emulator.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** When a machine was awake. */
final class AwakeTime {
    private final List<Instant> changes = new ArrayList<>();

    synchronized void changed(boolean awake, Instant now) {
        if (awake != (changes.size() % 2 == 1)) {
            changes.add(now);
        }
    }

    /** Seconds awake within a span that begins at {@code from} and ends before {@code to}. */
    synchronized double seconds(Instant from, Instant to, Instant now) {
        double seconds = 0;
        for (int i = 0; i < changes.size(); i += 2) {
            Instant start = changes.get(i);
            Instant end = i + 1 < changes.size() ? changes.get(i + 1) : now;
            Instant first = start.isAfter(from) ? start : from;
            Instant last = end.isBefore(to) ? end : to;
            if (last.isAfter(first)) {
                seconds += Duration.between(first, last).toMillis() / 1000.0;
            }
        }
        return seconds;
    }

    /** Begin, end, begin, end and so on. */
    synchronized List<Instant> changes() {
        return List.copyOf(changes);
    }

    synchronized void restore(List<Instant> kept) {
        changes.clear();
        changes.addAll(kept);
    }
}
