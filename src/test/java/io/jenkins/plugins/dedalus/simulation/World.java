package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.api.DirectApi;
import io.jenkins.plugins.dedalus.emulator.core.ControlPlane;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.preview.wake.ReadinessProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Dedalus: two organisations' accounts, machines that are played, and a clock that need not agree with the engine's. */
final class World {
    static final String OUR_KEY = "dk-ours-5f1c9e";
    static final String OTHER_KEY = "dk-other-77ab02";

    private final VirtualTime time;
    private final Invariants invariants;
    private final Faults faults;
    private final FaultControl machineFaults = new FaultControl();
    private final Clock serverClock;
    private final PlayedHardware hardware;
    private final ControlPlane ours;
    private final DirectApi api;
    private final DirectApi otherApi;
    private boolean tight;
    private boolean sleepForbidden;
    private int cap;
    private boolean patient;
    private int maxAwake;
    private int calls;

    World(VirtualTime time, Chance chance, Invariants invariants) {
        this.time = time;
        this.invariants = invariants;
        this.faults = new Faults(time, chance.split());
        Duration skew = chance.of(0.5) ? Duration.ZERO : chance.seconds(-900, 900);
        serverClock = time.clock(() -> skew);
        ScriptChances scripts =
                new ScriptChances(chance.split(), 0.2, chance.of(0.5) ? 0.05 : 0, chance.of(0.3) ? 0.2 : 0.02);
        hardware = new PlayedHardware(time, serverClock::instant, invariants, scripts);
        EmulatorConfig config = config(chance);
        PlayedWorkers workers = new PlayedWorkers(time);
        try {
            ours = new ControlPlane(config, machineFaults, hardware, workers, new Random(chance.next()));
            api = new DirectApi(config, ours);
            EmulatorConfig other = EmulatorConfig.builder()
                    .apiKey(OTHER_KEY)
                    // A ledger without machines may move to another account: there is no room, so that it does not.
                    .machineQuota(0)
                    .generation(config.generation())
                    .clock(serverClock)
                    .build();
            otherApi = new DirectApi(
                    other, new ControlPlane(other, new FaultControl(), hardware, workers, new Random(chance.next())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EmulatorConfig config(Chance chance) {
        tight = chance.of(0.2);
        sleepForbidden = chance.of(0.05);
        cap = chance.of(0.2) ? 2 + chance.below(2) : 0;
        patient = chance.of(0.5);
        maxAwake = chance.of(0.2) ? 1 + chance.below(2) : 0;
        return EmulatorConfig.builder()
                .apiKey(OUR_KEY)
                .generation(1 + chance.below(3))
                .machineQuota(tight ? 3 + chance.below(3) : 100)
                .bootDelay(chance.seconds(0.5, 30))
                .wakeDelay(chance.seconds(0.3, 12))
                .wakeJitter(chance.seconds(0.1, 3))
                .wakeAnswerWithin(chance.seconds(1, 20))
                .holdWindow(chance.of(0.6) ? Duration.ZERO : chance.seconds(30, 900))
                .previewDelay(chance.seconds(0.1, 5))
                .sleepForbidden(sleepForbidden)
                .clock(serverClock)
                .build();
    }

    /** Whether this account may not put machines to sleep. */
    boolean sleepForbidden() {
        return sleepForbidden;
    }

    /** How many machines the engine may own; 0 for no limit. */
    int cap() {
        return cap;
    }

    /** How many machines may be awake when nobody builds; 0 for no limit. */
    int maxAwake() {
        return maxAwake;
    }

    /** Whether builds wait for a machine when there may be no more. */
    boolean patient() {
        return patient;
    }

    /** Whether the plan may not allow a machine for each preview. */
    boolean tight() {
        return tight;
    }

    Faults faults() {
        return faults;
    }

    /** What goes wrong with machines. */
    FaultControl machineFaults() {
        return machineFaults;
    }

    Instant serverNow() {
        return serverClock.instant();
    }

    int calls() {
        return calls;
    }

    CompletionStage<DirectApi.Reply> answer(ApiCall call) {
        calls++;
        if (call.apiKey().equals(OTHER_KEY)) {
            invariants
                    .verdict()
                    .require(
                            !call.creates() || invariants.ownsNothing(),
                            "nothing is made in another organisation's account",
                            call + " with another organisation's key");
            return otherApi.answer(call.request());
        }
        invariants.calls().arrives(call);
        CompletionStage<DirectApi.Reply> reply = api.answer(call.request());
        invariants.calls().worked(call, machines());
        return reply;
    }

    /** All machines of our account that aren't destroyed. */
    List<Machine> machines() {
        return ours.machines().list();
    }

    PlayedMachine played(Machine machine) {
        return hardware.of(machine);
    }

    /** Somebody deletes a machine in the console. */
    void destroy(Machine machine) {
        ours.machines().delete(machine);
    }

    /** No script fails or is stubborn from now on, no machine either. */
    void calm() {
        faults.end();
        machineFaults.clear();
        hardware.chances(new ScriptChances(new Chance(1), 0, 0, 0));
    }

    /** Asks apps whether they answer. */
    ReadinessProbe probe() {
        return (upstream, path, restricted, timeout) -> CompletableFuture.completedFuture(answers(upstream));
    }

    private boolean answers(URI upstream) {
        return hardware.behind(upstream.getPort())
                .filter(PlayedMachine::answers)
                .isPresent();
    }

    VirtualTime time() {
        return time;
    }
}
