package io.jenkins.plugins.dedalus.preview.operation;

import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What can't be taken back needs two looks that say the same, some time apart and with none in between that says otherwise.
 * Thread-safe.
 *
 * @param <T> what is looked at
 */
public final class SecondLook<T> {
    private final EngineScheduler scheduler;
    private final Duration apart;
    private final Map<T, Long> first = new ConcurrentHashMap<>();

    public SecondLook(EngineScheduler scheduler, Duration apart) {
        this.scheduler = scheduler;
        this.apart = apart;
    }

    /** A look said so: whether it is the second one. */
    public boolean confirms(T what) {
        long now = scheduler.nanoTime();
        Long before = first.putIfAbsent(what, now);
        return now - (before == null ? now : before) >= apart.toNanos();
    }

    /** A look said otherwise. */
    public void refutes(T what) {
        first.remove(what);
    }

    /** Forgets what isn't looked at any more. */
    public void retain(Set<T> known) {
        first.keySet().retainAll(known);
    }
}
