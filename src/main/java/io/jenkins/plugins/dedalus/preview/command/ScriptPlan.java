package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.preview.model.WakeTarget;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A command of ours or of the change request, to be run once.
 *
 * @param step for sentences, e.g. {@code deploy}
 * @param command program and arguments; holds no secret
 * @param stdin what it reads; null for nothing
 * @param env its environment, secrets included
 * @param limit how long it may take
 * @param repeatable whether it may run again if the platform lost it half-way
 */
public record ScriptPlan(
        String step, List<String> command, String stdin, Map<String, String> env, Duration limit, boolean repeatable) {
    /** The variable by whose name an execution shows which script it runs. */
    public static String mark(String step) {
        return WakeTarget.SCRIPT_MARK + step;
    }

    @Override
    public String toString() {
        return "ScriptPlan[" + step + "]";
    }
}
