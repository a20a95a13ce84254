package io.jenkins.plugins.dedalus.preview.ledger;

import java.time.Instant;

/**
 * A script execution under way: enough to find it again and to go on with its output where it stopped.
 *
 * @param step what runs, e.g. {@code deploy}
 * @param stepId unique: the Idempotency-Key, and part of a marker variable's name by which a lost answer is found again
 * @param machineId where it runs
 * @param executionId Dedalus' id; null until the answer came
 * @param since when it was written down
 * @param position how far its output was handed on
 */
public record ExecutionRecord(
        String step, String stepId, String machineId, String executionId, Instant since, OutputPosition position) {

    public ExecutionRecord withId(String id) {
        return new ExecutionRecord(step, stepId, machineId, id, since, position);
    }

    public ExecutionRecord at(OutputPosition next) {
        return new ExecutionRecord(step, stepId, machineId, executionId, since, next);
    }
}
