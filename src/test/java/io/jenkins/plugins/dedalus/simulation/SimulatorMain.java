package io.jenkins.plugins.dedalus.simulation;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** {@code bench/simulate}: plays many seeds, or one to be read. */
public final class SimulatorMain {
    private static final int ACTIONS = 60;
    private static final int SHOWN = 5;

    private final PrintStream out;
    private final Map<String, Integer> broken = new TreeMap<>();
    private int failing;
    private long cpuNanos;
    private long calls;

    private SimulatorMain(PrintStream out) {
        this.out = out;
    }

    /** Takes {@code --seeds N}, {@code --from N}, {@code --threads N}, {@code --actions N}, {@code --seed N}. */
    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        Map<String, Long> options = new TreeMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], Long.parseLong(arguments[i + 1]));
        }
        int actions = options.getOrDefault("--actions", (long) ACTIONS).intValue();
        EngineLog.quiet();
        SimulatorMain main = new SimulatorMain(System.out);
        boolean holds = options.containsKey("--seed")
                ? main.one(options.get("--seed"), actions)
                : main.many(
                        options.getOrDefault("--from", 1L),
                        options.getOrDefault("--seeds", 1_000L),
                        options.getOrDefault("--threads", 1L).intValue(),
                        actions);
        System.exit(holds ? 0 : 1);
    }

    private boolean one(long seed, int actions) {
        Outcome outcome = Simulator.play(Scenario.of(seed, actions), true);
        outcome.trace().forEach(out::println);
        out.println(outcome.holds() ? "no rule is broken" : Report.of(outcome));
        return outcome.holds();
    }

    private boolean many(long from, long seeds, int threads, int actions)
            throws InterruptedException, ExecutionException {
        long begun = System.nanoTime();
        AtomicLong next = new AtomicLong(from);
        List<Future<?>> players = new ArrayList<>();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            players.add(pool.submit(() -> {
                for (long seed = next.getAndIncrement(); seed < from + seeds; seed = next.getAndIncrement()) {
                    played(Simulator.play(Scenario.of(seed, actions)));
                }
                used(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
            }));
        }
        pool.shutdown();
        for (Future<?> player : players) {
            // What a player dies of is no rule, and must not pass for a seed that holds.
            player.get();
        }
        double took = (System.nanoTime() - begun) / 1e9;
        out.printf(
                "%d seeds of %d actions in %.1f s (%d calls and %.1f ms of one processor each): %d break a rule%n",
                seeds, actions, took, calls / seeds, cpuNanos / 1e6 / seeds, failing);
        broken.forEach((rule, count) -> out.println("  " + count + " × " + rule));
        return failing == 0;
    }

    private synchronized void used(long nanos) {
        cpuNanos += nanos;
    }

    private synchronized void played(Outcome outcome) {
        calls += outcome.calls();
        outcome.violation().ifPresent(violation -> {
            failing++;
            if (broken.merge(violation.rule(), 1, Integer::sum) <= SHOWN) {
                out.println("seed " + outcome.scenario().seed() + ": " + violation);
            }
        });
    }
}
