package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Workers;
import java.time.Duration;

/** The emulator's work as tasks of virtual time. */
final class PlayedWorkers implements Workers {
    /** Whatever the emulator looks after again and again, it does when time passes, and no more often than this. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final VirtualTime time;
    private boolean closed;

    PlayedWorkers(VirtualTime time) {
        this.time = time;
    }

    @Override
    public void execute(Runnable work) {
        time.schedule(Duration.ZERO, () -> !closed, work);
    }

    @Override
    public void later(long millis, Runnable work) {
        time.schedule(Duration.ofMillis(millis), () -> !closed, work);
    }

    @Override
    public void every(long millis, Runnable work) {
        long[] last = {time.nanos()};
        time.onAdvance(() -> {
            if (!closed && time.nanos() - last[0] >= LOOK.toNanos()) {
                last[0] = time.nanos();
                work.run();
            }
        });
    }

    @Override
    public void stopTimer() {
        closed = true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
