/**
 * A simulator of the engine: seeded previews, time, faults and crashes, and rules that hold whatever happens. In the manner
 * of FoundationDB and TigerBeetle; the engine under it is the one that production runs.
 *
 * <h2>What is real and what is played</h2>
 *
 * <p>Real: the client with its retries, the lifecycle, the wake gate, the reconciler and the ledger, as {@link
 * io.jenkins.plugins.dedalus.simulation.EngineProcess} builds them; and the emulator's control plane with its API. Played:
 * time ({@link io.jenkins.plugins.dedalus.simulation.VirtualTime}: one thread, a seeded choice among the tasks that are due),
 * the network ({@link io.jenkins.plugins.dedalus.simulation.Wire}: no sockets; while a call is in flight other tasks run), the
 * machines and their scripts ({@link io.jenkins.plugins.dedalus.simulation.PlayedHardware}), the disk's fsync and its
 * troubles ({@link io.jenkins.plugins.dedalus.simulation.SimulatedDisk}).
 *
 * <p>A task that waits keeps its place on the one stack, so of two calls in flight the later one always ends first; chance
 * decides which begins. Monitors would let the one thread pass where they would hold another one: the engine makes no call
 * while it holds one, and nothing else lets other tasks run.
 *
 * <h2>A run</h2>
 *
 * <p>{@link io.jenkins.plugins.dedalus.simulation.Scenario} draws 3 to 5 previews and the {@link
 * io.jenkins.plugins.dedalus.simulation.Action}s from the seed; {@link io.jenkins.plugins.dedalus.simulation.Actor} does them,
 * each with a seed of its own. Rules are checked as things happen: {@link
 * io.jenkins.plugins.dedalus.simulation.CallRules}, {@link io.jenkins.plugins.dedalus.simulation.ScriptRules}, {@link
 * io.jenkins.plugins.dedalus.simulation.LedgerRules}, {@link io.jenkins.plugins.dedalus.simulation.OutcomeRules}, {@link
 * io.jenkins.plugins.dedalus.simulation.BuildLog}, {@link io.jenkins.plugins.dedalus.simulation.Secrets}. {@link
 * io.jenkins.plugins.dedalus.simulation.Ending} then ends all faults and says what must come true.
 *
 * <h2>When a seed fails</h2>
 *
 * <p>The report names the seed, the rule, and the fewest actions that still break it ({@link
 * io.jenkins.plugins.dedalus.simulation.Shrinker}). {@code bench/simulate --seed N} plays it again and prints every call;
 * {@code bench/simulate --seeds 50000 --threads 2} looks for more.
 *
 * <h2>To extend it</h2>
 *
 * <p>A new thing that somebody does is a constant of {@code Action.What} and a case of {@code Actor}; a new thing that goes
 * wrong with a call is a {@code Fate}; a new promise is a rule that calls {@code Verdict.require} where it can be seen. Draw
 * chance from the stream of the action or of the object, never from another one's: so shrinking changes as little as it can.
 */
package io.jenkins.plugins.dedalus.simulation;
