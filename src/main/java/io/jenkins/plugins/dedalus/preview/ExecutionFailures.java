package io.jenkins.plugins.dedalus.preview;

import io.jenkins.plugins.dedalus.client.Execution;
import io.jenkins.plugins.dedalus.client.ExecutionStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Whose fault a failed execution is: the platform's before or while it ran, or the command's own. */
final class ExecutionFailures {
    private static final Set<String> NEVER_RAN = Set.of("machine_not_found", "machine_not_routable");
    private static final Set<String> LOST =
            Set.of("execution_runner_interrupted", "exec_frame_read_timeout", "execution_runner_prepare_failed");

    private ExecutionFailures() {}

    static boolean neverRan(Execution state) {
        return state.exitCode() == null && NEVER_RAN.contains(code(state));
    }

    static boolean lostByPlatform(Execution state) {
        return state.exitCode() == null && LOST.contains(code(state));
    }

    static Optional<Duration> pause(Execution state) {
        return Optional.ofNullable(state.retryAfterMs()).map(Duration::ofMillis);
    }

    static ScriptFailedException ofScript(ScriptPlan plan, String what, Execution state) {
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
