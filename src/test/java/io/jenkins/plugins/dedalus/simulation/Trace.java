package io.jenkins.plugins.dedalus.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/** What happened, for a run that somebody wants to read; costs nothing otherwise. */
final class Trace {
    private static final int RECENT = 6;

    private final VirtualTime time;
    private final boolean on;
    private final List<String> lines = new ArrayList<>();
    private final Deque<String> recent = new ArrayDeque<>();

    Trace(VirtualTime time, boolean on) {
        this.time = time;
        this.on = on;
    }

    void line(Supplier<String> what) {
        if (on) {
            String text = what.get();
            // Polls say the same again and again.
            if (!recent.contains(text)) {
                lines.add(Moments.of(time.elapsed()) + "  " + text);
            }
            recent.addLast(text);
            if (recent.size() > RECENT) {
                recent.removeFirst();
            }
        }
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
