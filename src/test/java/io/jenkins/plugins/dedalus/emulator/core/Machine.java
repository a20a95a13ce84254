package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One machine. Its fields are guarded by its monitor, but for those that say otherwise. */
public final class Machine {
    private static final int HISTORY = 256;

    /** What the API shows of a machine at one moment. */
    public record View(
            String id,
            double vcpu,
            int memoryMib,
            int storageGib,
            long autosleepSeconds,
            Phase desired,
            Phase phase,
            String reason,
            boolean retryable,
            long revision,
            Instant createdAt,
            Instant transitionAt,
            Instant progressAt,
            String lastError,
            String resizeState) {
        /** Whether the machine is where it should be, or will never be. */
        public boolean settled() {
            return phase == desired || phase == Phase.FAILED || phase == Phase.DESTROYED;
        }
    }

    final String id;
    final Path directory;
    final Instant createdAt;
    double vcpu;
    int memoryMib;
    int storageGib;
    long autosleepSeconds;
    Phase desired = Phase.RUNNING;
    Phase phase = Phase.ACCEPTED;
    String reason = "Accepted";
    String lastError;
    boolean retryable;
    String resizeState = "stable";
    long revision = 1;
    Instant transitionAt;
    Instant progressAt;
    Instant lastWake;
    Instant destroyedAt;
    int wakes;
    Sandbox sandbox;
    Sandbox.Trace trace;
    CompletableFuture<Void> transition = CompletableFuture.completedFuture(null);
    final AwakeTime awake = new AwakeTime();
    final Map<String, Execution> executions = new LinkedHashMap<>();
    final Map<String, Preview> previews = new LinkedHashMap<>();
    private final List<View> history = new ArrayList<>();

    /** Of what is going on; any thread. */
    final AtomicInteger runningExecutions = new AtomicInteger();

    volatile Instant lastActivity;
    volatile boolean routable;
    private volatile boolean autoresizing = true;
    final List<Consumer<View>> watchers = new CopyOnWriteArrayList<>();

    Machine(String id, Path directory, Instant createdAt) {
        this.id = id;
        this.directory = directory;
        this.createdAt = createdAt;
        this.transitionAt = createdAt;
        this.progressAt = createdAt;
        this.lastActivity = createdAt;
    }

    /** The machine's id. */
    public String id() {
        return id;
    }

    Path home() {
        return directory.resolve("home");
    }

    Path temporary() {
        return directory.resolve("tmp");
    }

    /** From now on nothing passes through its previews. */
    public void shut() {
        routable = false;
    }

    /** All its executions, oldest first. */
    public synchronized List<Execution> executions() {
        return new ArrayList<>(executions.values());
    }

    /** All its previews, oldest first, closed ones included. */
    public synchronized List<Preview> previews() {
        return new ArrayList<>(previews.values());
    }

    /** What the API shows now. */
    public synchronized View view() {
        return new View(
                id,
                vcpu,
                memoryMib,
                storageGib,
                autosleepSeconds,
                desired,
                phase,
                reason,
                retryable,
                revision,
                createdAt,
                transitionAt,
                progressAt,
                lastError,
                resizeState);
    }

    /** Enters a phase; whoever watches hears of it. */
    synchronized void enter(Phase next, String why, Instant now) {
        awake.changed(next == Phase.RUNNING, now);
        if (next == Phase.RUNNING) {
            lastActivity = now;
        }
        routable = next == Phase.RUNNING;
        phase = next;
        reason = why;
        transitionAt = now;
        changed(now);
    }

    /** Something else than the phase changed. */
    synchronized void changed(Instant now) {
        progressAt = now;
        revision++;
        View view = view();
        history.add(view);
        if (history.size() > HISTORY) {
            history.remove(0);
        }
        watchers.forEach(watcher -> watcher.accept(view));
    }

    /** What happened after a revision, oldest first; the present where that revision isn't known any more. */
    public synchronized List<View> since(long known) {
        List<View> after =
                history.stream().filter(view -> view.revision() > known).toList();
        boolean gap = after.isEmpty() ? known != revision : after.get(0).revision() > known + 1;
        return gap ? List.of(view()) : after;
    }

    /** Hears of every change from now on; the result ends it. */
    public Runnable watch(Consumer<View> watcher) {
        watchers.add(watcher);
        return () -> watchers.remove(watcher);
    }

    /** Whether its memory may grow by itself; only kept, and only as long as the emulator runs. */
    public boolean autoresizing() {
        return autoresizing;
    }

    /** Sets whether its memory may grow by itself. */
    public void autoresizing(boolean enabled) {
        autoresizing = enabled;
    }

    void touch(Instant now) {
        lastActivity = now;
    }
}
