package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.spi.Route;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** What one event loop remembers of the machines it forwards to. */
final class MachineBeliefs {
    private static final long OWN_ERRORS_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long MAKE_SURE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int MOST = 10_000;

    private final Map<String, Memory> memories = new HashMap<>();
    private final long confirmAfterNanos;

    MachineBeliefs(Duration confirmAfter) {
        this.confirmAfterNanos = confirmAfter.toNanos();
    }

    private static final class Memory {
        private long answeredAt;
        private boolean answered;
        private long ownErrorsUntil;
        private boolean ownErrors;
        private long madeSureAt;
        private boolean madeSure;
        private long hitAt;
        private boolean hit;
    }

    /** A request goes to the app: the platform begins to count the machine's autosleep anew. */
    void hit(Route route) {
        Memory memory = memory(route);
        memory.hitAt = System.nanoTime();
        memory.hit = true;
    }

    /** Whether half of the machine's autosleep has passed since the last request that went from this loop. */
    boolean hitLongAgo(Route route, long now) {
        Memory memory = memory(route);
        return !memory.hit || now - memory.hitAt > route.autosleep().toNanos() / 2;
    }

    /** The app answered. */
    void answered(Route route) {
        Memory memory = memory(route);
        memory.answeredAt = System.nanoTime();
        memory.answered = true;
    }

    /** Whether the app answered so recently that a body may be sent without asking first. */
    boolean isFresh(Route route) {
        Memory memory = memories.get(route.machineId());
        return memory != null && memory.answered && System.nanoTime() - memory.answeredAt < confirmAfterNanos;
    }

    /** Whether the app answered anybody after that moment of {@link System#nanoTime}. */
    boolean answeredSince(Route route, long nanoTime) {
        Memory memory = memories.get(route.machineId());
        return memory != null && memory.answered && memory.answeredAt - nanoTime > 0;
    }

    /** A 502, 503 or 504 right after a wake is the app's own: do not wake again for the next ones. */
    void answersErrorsItself(Route route) {
        Memory memory = memory(route);
        memory.ownErrors = true;
        memory.ownErrorsUntil = System.nanoTime() + OWN_ERRORS_NANOS;
    }

    /** Whether a 502, 503 or 504 may mean that the machine fell asleep. */
    boolean mayDoubt(Route route) {
        Memory memory = memories.get(route.machineId());
        return memory == null || !memory.ownErrors || System.nanoTime() - memory.ownErrorsUntil > 0;
    }

    /** Whether a machine that says nothing may be woken to be sure; true at most every five seconds. */
    boolean mayMakeSure(Route route) {
        Memory memory = memory(route);
        long now = System.nanoTime();
        if (memory.madeSure && now - memory.madeSureAt < MAKE_SURE_NANOS) {
            return false;
        }
        memory.madeSure = true;
        memory.madeSureAt = now;
        return true;
    }

    private Memory memory(Route route) {
        if (memories.size() >= MOST) {
            memories.clear();
        }
        return memories.computeIfAbsent(route.machineId(), id -> new Memory());
    }
}
