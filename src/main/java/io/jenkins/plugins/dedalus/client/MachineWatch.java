package io.jenkins.plugins.dedalus.client;

import java.util.function.Consumer;

/** Follows a machine. */
final class MachineWatch {
    MachineWatch(Calls calls, String machineId, Consumer<Machine> onStatus, CallScope scope) {}

    Machine run() {
        throw new UnsupportedOperationException("on its way");
    }
}
