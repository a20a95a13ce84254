package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Execution;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A command that runs: it prints numbered lines in pieces cut anywhere, takes its time, and ends as chance will. */
final class PlayedScript {
    private static final int SIGKILL = 9;

    private final PlayedMachine on;
    private final Execution execution;
    private final Script what;
    private final VirtualTime time;
    private final Supplier<Instant> serverNow;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Deque<Step> steps = new ArrayDeque<>();
    private final int exitCode;
    private final Duration stubborn;
    private final StringBuilder printed = new StringBuilder();
    private boolean waiting;
    private boolean over;

    private record Step(Duration after, String text) {}

    PlayedScript(
            PlayedMachine on,
            Execution execution,
            Script what,
            VirtualTime time,
            Supplier<Instant> serverNow,
            ScriptChances chances) {
        this.on = on;
        this.execution = execution;
        this.what = what;
        this.time = time;
        this.serverNow = serverNow;
        Chance chance = chances.chance();
        exitCode = chance.of(chances.failing()) ? 1 + chance.below(3) : 0;
        stubborn = chance.of(chances.stubborn()) ? chance.seconds(20, 90) : chance.seconds(0, 2);
        plan(chance, chance.of(chances.slow()) ? chance.seconds(20, 400) : chance.seconds(0.1, 12));
    }

    private void plan(Chance chance, Duration length) {
        StringBuilder all = new StringBuilder();
        int count = chance.below(8);
        for (int i = 1; i <= count; i++) {
            all.append("line ")
                    .append(execution.view().id())
                    .append(' ')
                    .append(i)
                    .append(";\n");
        }
        int pieces = 1 + chance.below(3);
        int from = 0;
        for (int i = 1; i <= pieces; i++) {
            int to = i == pieces ? all.length() : from + chance.below(all.length() - from + 1);
            steps.add(new Step(length.dividedBy(pieces), all.substring(from, to)));
            from = to;
        }
    }

    Script what() {
        return what;
    }

    String executionId() {
        return execution.view().id();
    }

    CompletableFuture<Void> done() {
        return done;
    }

    void begin() {
        execution.enter("running", serverNow.get());
        on.began(this);
        execution.onStop(() -> time.schedule(stubborn, () -> true, () -> end(null)));
        next();
    }

    private void next() {
        if (steps.isEmpty()) {
            end(exitCode);
            return;
        }
        time.schedule(steps.peek().after(), () -> !over, this::step);
    }

    private void step() {
        if (on.frozen()) {
            waiting = true;
            return;
        }
        String text = steps.remove().text();
        if (!text.isEmpty()) {
            printed.append(text);
            execution.output(false, text, text.length(), serverNow.get());
        }
        next();
    }

    /** The machine woke. */
    void goOn() {
        if (waiting) {
            waiting = false;
            step();
        }
    }

    /** The machine's processes are gone. */
    void kill() {
        end(null);
    }

    private void end(Integer code) {
        if (over) {
            return;
        }
        over = true;
        // Whoever asked it to end before said how that is to be called.
        Execution.End how = code == null
                ? new Execution.End("failed", null, SIGKILL, null, null)
                : new Execution.End(code == 0 ? "succeeded" : "failed", code, null, null, null);
        execution.finish(how, serverNow.get());
        on.ended(this, execution.view().status().equals("succeeded"));
        done.complete(null);
    }

    /** How many whole lines it has printed. */
    int printed() {
        return (int) printed.chars().filter(c -> c == '\n').count();
    }

    String text() {
        return printed.toString();
    }
}
