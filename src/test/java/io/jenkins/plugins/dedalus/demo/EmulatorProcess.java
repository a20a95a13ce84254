package io.jenkins.plugins.dedalus.demo;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.Machine;
import io.jenkins.plugins.dedalus.client.MachinePhase;
import io.jenkins.plugins.dedalus.client.RequestOptions;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code ./emulator} as a process of its own, and what the demo asks it. */
final class EmulatorProcess {
    private final Emulator emulator;
    private final DedalusClient client;

    private EmulatorProcess(Emulator emulator) {
        this.emulator = emulator;
        this.client = DedalusClient.builder().baseUrl(baseUrl()).apiKey(apiKey()).build();
    }

    static EmulatorProcess start(Path root, Path directory) throws IOException {
        return new EmulatorProcess(Emulator.start(EmulatorConfig.builder()
                .state(directory.resolve("state"))
                .wakeDelay(Duration.ofMillis(250))
                .build()));
    }

    String baseUrl() {
        return emulator.baseUrl().toString();
    }

    String apiKey() {
        return emulator.apiKey();
    }

    /** Waits until that many machines sleep; false if they don't within the limit. */
    boolean awaitAsleep(int machines, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < deadline) {
            long asleep = machines().stream()
                    .filter(machine -> machine.phase().equals(MachinePhase.SLEEPING))
                    .count();
            if (asleep == machines) {
                return true;
            }
            Pause.briefly();
        }
        return false;
    }

    /** How often a machine was told to wake since the start. */
    int wakeCalls() {
        return (int) emulator.calls().count("POST", "/v1/machines/[^/]+/wake");
    }

    /** Machines that are not destroyed, each with its phase. */
    List<String> machinesLeft() {
        return machines().stream()
                .filter(machine -> !machine.phase().equals(MachinePhase.DESTROYED))
                .map(machine -> machine.machineId() + " " + machine.phase().value())
                .toList();
    }

    private List<Machine> machines() {
        return client.machines().listAll(RequestOptions.none());
    }

    /** Forgets the connection; the process itself is the stage's to end. */
    void close() {
        client.close();
        emulator.close();
    }
}
