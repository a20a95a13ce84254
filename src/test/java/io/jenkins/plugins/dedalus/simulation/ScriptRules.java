package io.jenkins.plugins.dedalus.simulation;

import java.util.HashMap;
import java.util.Map;

/** What holds for scripts on machines. */
final class ScriptRules {
    private final Verdict verdict;
    private final Map<String, PlayedScript> scripts = new HashMap<>();
    private final Map<String, Integer> execRuns = new HashMap<>();

    ScriptRules(Verdict verdict) {
        this.verdict = verdict;
    }

    void begins(PlayedMachine on, PlayedScript script) {
        scripts.put(script.executionId(), script);
        if (script.what().ofBuild()) {
            on.running().stream()
                    .filter(other -> other.what().ofBuild())
                    .findFirst()
                    .ifPresent(other -> verdict.broken(
                            "never two unfinished scripts of ours on one machine",
                            script.what() + " begins on " + on.id() + " while " + other.what() + " runs"));
        }
        if (script.what().kind() == Script.Kind.EXEC) {
            int runs = execRuns.merge(script.what().commit(), 1, Integer::sum);
            verdict.require(
                    runs == 1, "a command never starts twice", script.what().commit() + " began " + runs + " times");
        }
    }

    int printed(String executionId) {
        PlayedScript script = scripts.get(executionId);
        return script == null ? 0 : script.printed();
    }

    String text(String executionId) {
        return scripts.containsKey(executionId) ? scripts.get(executionId).text() : "";
    }
}
