package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.Execution;
import io.jenkins.plugins.dedalus.emulator.core.ExecutionService;
import io.jenkins.plugins.dedalus.emulator.core.Hardware;
import io.jenkins.plugins.dedalus.emulator.core.Machine;
import io.jenkins.plugins.dedalus.emulator.core.Preview;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandbox;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Machines without processes and previews without sockets. */
final class PlayedHardware implements Hardware {
    private static final int FIRST_PORT = 20_000;

    private final VirtualTime time;
    private final Supplier<Instant> serverNow;
    private final Invariants invariants;
    private ScriptChances chances;
    private final Map<String, PlayedMachine> machines = new HashMap<>();
    private final Map<Integer, PlayedMachine> ports = new HashMap<>();

    PlayedHardware(VirtualTime time, Supplier<Instant> serverNow, Invariants invariants, ScriptChances chances) {
        this.time = time;
        this.serverNow = serverNow;
        this.invariants = invariants;
        this.chances = chances;
    }

    /** From now on scripts turn out like this. */
    void chances(ScriptChances next) {
        chances = next;
    }

    PlayedMachine of(Machine machine) {
        return machines.computeIfAbsent(machine.id(), id -> new PlayedMachine(machine));
    }

    /** The machine behind a preview's port. */
    Optional<PlayedMachine> behind(int port) {
        return Optional.ofNullable(ports.get(port));
    }

    @Override
    public boolean namespaces() {
        return true;
    }

    @Override
    public Sandbox boot(Machine machine) {
        PlayedMachine played = of(machine);
        played.booted();
        return played;
    }

    @Override
    public Optional<Sandbox> adopt(Machine machine, Sandbox.Trace trace) {
        return Optional.empty();
    }

    @Override
    public void wipe(Machine machine) {
        of(machine).kill();
    }

    @Override
    public CompletionStage<Void> run(
            io.jenkins.plugins.dedalus.emulator.core.World world,
            Machine machine,
            Execution execution,
            ExecutionService.Command command) {
        PlayedMachine on = of(machine);
        PlayedScript script = new PlayedScript(on, execution, Script.of(command), time, serverNow, chances);
        invariants.scripts().begins(on, script);
        script.begin();
        return script.done();
    }

    @Override
    public void listen(io.jenkins.plugins.dedalus.emulator.core.World world, Machine machine, Preview preview) {
        int port = FIRST_PORT + ports.size();
        ports.put(port, of(machine));
        preview.listensAt(port);
    }

    @Override
    public boolean shut(Machine machine, BooleanSupplier unless) {
        if (unless != null && unless.getAsBoolean()) {
            return false;
        }
        machine.shut();
        return true;
    }

    @Override
    public void close() {
        machines.clear();
    }
}
