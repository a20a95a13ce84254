package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.Sleeper;
import io.jenkins.plugins.dedalus.preview.EngineAccess;
import io.jenkins.plugins.dedalus.preview.PreviewLifecycle;
import io.jenkins.plugins.dedalus.preview.Reconciler;
import io.jenkins.plugins.dedalus.preview.engine.EngineScheduler;
import io.jenkins.plugins.dedalus.preview.ledger.PreviewLedger;
import io.jenkins.plugins.dedalus.preview.model.LifecycleSettings;
import io.jenkins.plugins.dedalus.preview.wake.WakeGate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import okhttp3.OkHttpClient;

/** One life of the engine: as production builds it, but for its clock, its scheduler, its network and its disk. */
final class EngineProcess {
    static final String BASE_URL = "http://127.0.0.1:1";
    /** Fewer polls: most runs need not see each second. */
    private static final LifecycleSettings UNHURRIED =
            LifecycleSettings.DEFAULT.withPoll(Duration.ofSeconds(2), Duration.ofSeconds(20));

    private static final OkHttpClient HTTP = new OkHttpClient();

    private final VirtualTime time;
    private final Trace trace;
    private final SimulatedDisk disk;
    private final String apiKey;
    private final Verdict verdict;
    private DedalusClient client;
    private PreviewLedger ledger;
    private WakeGate gate;
    private PreviewLifecycle lifecycle;
    private Reconciler reconciler;
    private boolean alive = true;
    private boolean closed;
    private int pointsToCrash = -1;

    EngineProcess(VirtualTime time, Trace trace, Chance chance, Path directory, String apiKey, Invariants invariants) {
        this.time = time;
        this.trace = trace;
        this.apiKey = apiKey;
        verdict = invariants.verdict();
        disk = new SimulatedDisk(chance, directory, this::reach, written -> Secrets.check(written, verdict));
    }

    /** Starts as a host does. Throws what a host would show, and is dead then. */
    void start(Path directory, World world, Clock clock, Chance chance, Invariants invariants) {
        boolean started = false;
        EngineScheduler scheduler = new Pool();
        try {
            ledger = EngineAccess.open(directory, disk);
            client = DedalusClient.builder()
                    .baseUrl(BASE_URL)
                    .apiKey(apiKey)
                    .clock(clock)
                    .nanoTime(time::nanos)
                    .sleeper(sleeper())
                    .random(chance::fraction)
                    .httpClient(HTTP.newBuilder()
                            .addInterceptor(new Wire(this, world, time, invariants, trace))
                            .build())
                    .build();
            ledger.bind(BASE_URL, null);
            gate = WakeGate.builder()
                    .client(client)
                    .clock(clock)
                    .probe(world.probe())
                    .scheduler(scheduler)
                    .build();
            lifecycle = EngineAccess.seam(
                            PreviewLifecycle.builder()
                                    .client(client)
                                    .ledger(ledger)
                                    .gate(gate)
                                    .clock(clock)
                                    .probe(world.probe())
                                    .settings((chance.of(0.3) ? LifecycleSettings.DEFAULT : UNHURRIED)
                                            .withMaxMachines(world.cap())
                                            .withWaitsForRoom(world.patient())
                                            .withMaxAwake(world.maxAwake()))
                                    .scheduler(scheduler),
                            this::reach)
                    .build();
            reconciler = new Reconciler(lifecycle);
            started = true;
        } finally {
            if (!started) {
                die();
            }
        }
    }

    private Sleeper sleeper() {
        return duration -> {
            time.await(duration, () -> !alive || Thread.currentThread().isInterrupted());
            check();
            if (Thread.interrupted()) {
                throw new InterruptedException("cancelled");
            }
        };
    }

    String apiKey() {
        return apiKey;
    }

    SimulatedDisk disk() {
        return disk;
    }

    PreviewLedger ledger() {
        return ledger;
    }

    PreviewLifecycle lifecycle() {
        return lifecycle;
    }

    Reconciler reconciler() {
        return reconciler;
    }

    boolean alive() {
        return alive;
    }

    /** Throws if the process is gone, so that nothing of it goes on. */
    void check() {
        if (!alive) {
            throw new Crash("it was gone already");
        }
    }

    /** It dies at the so-manieth point from here. */
    void crashAfter(int points) {
        pointsToCrash = points;
    }

    private void reach(String point) {
        check();
        if (pointsToCrash >= 0 && pointsToCrash-- == 0) {
            trace.line(() -> "the process dies " + point);
            die();
            throw new Crash(point);
        }
    }

    /** Dies now, wherever it is. */
    void die() {
        alive = false;
    }

    /** What the operating system does once a process is gone. */
    void release() {
        if (ledger != null) {
            ledger.close();
        }
    }

    /** Tells everything to stop; complete when all has. */
    CompletableFuture<Void> halt() {
        return EngineAccess.halt(lifecycle);
    }

    /** The end of a stop: releases the ledger. */
    void close() {
        lifecycle.close();
        gate.close();
        closed = true;
        die();
    }

    /** The engine's pool. */
    private final class Pool implements EngineScheduler {
        @Override
        public void execute(Runnable task) {
            schedule(Duration.ZERO, task);
        }

        @Override
        public Runnable schedule(Duration delay, Runnable task) {
            if (closed) {
                throw new RejectedExecutionException("closed");
            }
            return time.schedule(delay, () -> alive, () -> guarded(task))::drop;
        }

        private void guarded(Runnable task) {
            try {
                task.run();
            } catch (RuntimeException e) {
                verdict.broken("no task of the engine throws", e.toString());
            }
        }

        @Override
        public long nanoTime() {
            return time.nanos();
        }
    }
}
