package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.client.model.Execution;
import io.jenkins.plugins.dedalus.client.model.ExecutionStatus;
import io.jenkins.plugins.dedalus.preview.error.ScriptFailedException;

/** Says how a script failed by its own fault. */
public final class ExecutionFailures {
    private ExecutionFailures() {}

    public static ScriptFailedException ofScript(ScriptPlan plan, String what, Execution state) {
        return new ScriptFailedException(plan.step(), state.exitCode(), what + " " + how(plan, state));
    }

    private static String how(ScriptPlan plan, Execution state) {
        if (state.status().equals(ExecutionStatus.EXPIRED)) {
            return "ran longer than its limit of " + plan.limit().toSeconds() + " s. Give it more time, or do less.";
        }
        if (state.status().equals(ExecutionStatus.CANCELLED)) {
            return "was cancelled by someone. Build again.";
        }
        if (state.exitCode() != null) {
            return "ended with exit code " + state.exitCode() + ". Its output says why.";
        }
        if (state.signal() != null) {
            return "was ended by signal " + state.signal() + ". Its output may say why; memory may have run out.";
        }
        return "failed: " + (state.errorMessage() == null ? code(state) : state.errorMessage()) + ".";
    }

    private static String code(Execution state) {
        return state.errorCode() == null ? "no reason given" : state.errorCode();
    }
}
