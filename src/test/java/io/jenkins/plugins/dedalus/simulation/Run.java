package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.preview.error.LedgerException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One scenario from its begin to its end: one world, one ledger, one process after the other. */
final class Run {
    private static final Duration STOPPING = Duration.ofSeconds(5);

    private final Scenario scenario;
    private final Path directory;
    private final VirtualTime time;
    private final Trace trace;
    private final Chance chance;
    private final List<Subject> subjects = new ArrayList<>();
    private final Invariants invariants;
    private final World world;
    private final Clock clock;
    private final Asked asked = new Asked(this);
    private EngineProcess process;
    private Duration skew;
    private String apiKey = World.OUR_KEY;
    private boolean restart;
    private boolean unreadable;
    private boolean downgrade;
    private boolean calm;

    Run(Scenario scenario, Path directory, boolean traced) {
        this.scenario = scenario;
        this.directory = directory;
        chance = new Chance(scenario.seed() ^ 0x5DEECE66DL);
        time = new VirtualTime(chance.split());
        trace = new Trace(time, traced);
        for (int i = 1; i <= scenario.previews(); i++) {
            subjects.add(new Subject(i));
        }
        invariants = new Invariants(time, subjects);
        world = new World(time, chance.split(), invariants);
        invariants.judge(world);
        skew = Duration.ZERO;
        clock = time.clock(() -> skew);
        time.afterEachTask(invariants.ledger()::check);
        time.stopWhen(invariants.verdict()::guilty);
    }

    /** Plays it all. */
    Outcome play() {
        begin();
        Actor actor = new Actor(this, asked);
        Duration at = Duration.ZERO;
        for (Action action : scenario.actions()) {
            at = at.plus(action.after());
            time.schedule(at, () -> true, () -> actor.act(action));
        }
        runFor(at.plusSeconds(1));
        new Ending(this, asked).play();
        process.die();
        process.release();
        return new Outcome(scenario, invariants.verdict().violation(), time.elapsed(), world.calls(), trace.lines());
    }

    private void begin() {
        process = new EngineProcess(time, trace, chance.split(), directory, apiKey, invariants);
        if (unreadable) {
            unreadable = false;
            process.disk().trouble(SimulatedDisk.Trouble.UNREADABLE);
        }
        if (!calm && chance.of(0.15)) {
            process.crashAfter(chance.below(40));
        }
        try {
            process.start(directory, world, clock, chance.split(), invariants);
            invariants.judge(process);
            process.disk().trouble(SimulatedDisk.Trouble.NONE);
            invariants.ledger().reopened();
            trace.line(() -> "a process runs");
        } catch (LedgerException e) {
            trace.line(() -> "the process does not start: " + e.getMessage());
        } catch (Crash e) {
            trace.line(() -> "the process dies while it starts");
        }
    }

    /** Runs on for as long, through crashes and restarts. */
    void runFor(Duration length) {
        boolean[] over = {false};
        time.schedule(length, () -> true, () -> over[0] = true);
        while (!over[0] && !invariants.verdict().guilty()) {
            if (restart && process.alive()) {
                stop();
            }
            restart = false;
            if (!process.alive()) {
                revive();
            }
            one();
        }
    }

    private void one() {
        try {
            time.runOne(Long.MAX_VALUE);
        } catch (Crash e) {
            trace.line(() -> e.getMessage());
        }
    }

    private void stop() {
        trace.line(() -> "the process is told to stop");
        CompletableFuture<Void> halted = process.halt();
        boolean[] late = {false};
        time.schedule(STOPPING, () -> true, () -> late[0] = true);
        while (process.alive()
                && !halted.isDone()
                && !late[0]
                && !invariants.verdict().guilty()) {
            one();
        }
        if (process.alive() && halted.isDone()) {
            process.close();
        } else {
            process.die();
        }
    }

    private void revive() {
        process.release();
        if (process.ledger() != null) {
            process.disk().powerFailure(chance.of(0.5) ? chance : new Chance(0));
        }
        List<Runnable> waiting = asked.abandoned();
        subjects.forEach(subject -> subject.logs().forEach(BuildLog::brokenOff));
        boolean[] up = {false};
        time.schedule(calm ? Duration.ofSeconds(1) : chance.seconds(0.5, 60), () -> true, () -> up[0] = true);
        while (!up[0] && !invariants.verdict().guilty()) {
            one();
        }
        if (downgrade) {
            downgrade = false;
            OtherVersion.writes(directory, chance.split());
        }
        begin();
        for (Runnable again : waiting) {
            if (process.alive() && chance.of(0.7)) {
                again.run();
            }
        }
    }

    /** The host stops and starts. */
    void restart() {
        restart = true;
    }

    /** The host stops, and its next start can't read all records. */
    void unreadable() {
        unreadable = true;
        restart = true;
    }

    /** The host stops, another version of us writes the ledger, and we are back. */
    void downgrade() {
        downgrade = true;
        restart = true;
    }

    /** Somebody exchanges the API key for the other organisation's, or puts ours back. */
    void changeKey() {
        apiKey = apiKey.equals(World.OUR_KEY) ? World.OTHER_KEY : World.OUR_KEY;
        restart = true;
    }

    /** The engine's wall clock is set anew. */
    void clockJumps(Duration by) {
        skew = skew.plus(by);
    }

    /** From now on nothing goes wrong. */
    void calm() {
        calm = true;
        unreadable = false;
        boolean mended =
                apiKey.equals(World.OUR_KEY) && process.disk().unreadable().isEmpty();
        restart |= !mended;
        apiKey = World.OUR_KEY;
        world.calm();
        process.crashAfter(-1);
        process.disk().trouble(SimulatedDisk.Trouble.NONE);
    }

    EngineProcess process() {
        return process;
    }

    VirtualTime time() {
        return time;
    }

    Trace trace() {
        return trace;
    }

    World world() {
        return world;
    }

    Invariants invariants() {
        return invariants;
    }

    List<Subject> subjects() {
        return subjects;
    }
}
