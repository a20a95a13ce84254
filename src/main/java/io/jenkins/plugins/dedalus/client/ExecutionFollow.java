package io.jenkins.plugins.dedalus.client;

/** Follows an execution. */
final class ExecutionFollow {
    ExecutionFollow(Calls calls, String machineId, String executionId, ExecutionListener listener, CallScope scope) {}

    Execution from(String cursor) {
        throw new UnsupportedOperationException("on its way");
    }
}
