package io.jenkins.plugins.dedalus.config;

import io.jenkins.plugins.dedalus.client.DedalusClient;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.model.Machine;
import io.jenkins.plugins.dedalus.client.model.MachineCreate;
import io.jenkins.plugins.dedalus.client.model.MachinePhase;
import io.jenkins.plugins.dedalus.emulator.Emulator;
import org.awaitility.Awaitility;

/** Machines in an emulator that no preview owns. */
final class Machines {
    private Machines() {}

    /** Makes running machines. */
    static void create(Emulator emulator, int count) {
        try (DedalusClient client = DedalusClient.builder()
                .baseUrl(emulator.baseUrl().toString())
                .apiKey(emulator.apiKey())
                .build()) {
            for (int i = 0; i < count; i++) {
                Machine machine = client.machines().create(new MachineCreate(1, 1024, 10, "5m"), RequestOptions.none());
                Awaitility.await().until(() -> client.machines()
                        .get(machine.machineId(), RequestOptions.none())
                        .phase()
                        .equals(MachinePhase.RUNNING));
            }
        }
    }
}
