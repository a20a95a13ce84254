package io.jenkins.plugins.dedalus.client.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command to run on a machine. {@link #toString()} shows neither env values nor stdin: they may be secret.
 *
 * @param command program and arguments, no shell in between; at least one element
 * @param cwd working directory; null: the machine's default
 * @param env variables to set; never null
 * @param stdin what the command reads; null: nothing. The way to hand over scripts: heredocs in a command are unreliable
 * @param timeoutMs time limit in milliseconds; null: the platform's
 */
public record ExecutionCreate(List<String> command, String cwd, Map<String, String> env, String stdin, Long timeoutMs) {

    /** Copies the collections; env keeps its order. */
    public ExecutionCreate {
        command = command == null ? List.of() : List.copyOf(command);
        env = env == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(env));
    }

    /** A command without anything else. */
    public static ExecutionCreate of(String... command) {
        return new ExecutionCreate(List.of(command), null, null, null, null);
    }

    @Override
    public String toString() {
        return "ExecutionCreate[command=" + command + ", cwd=" + cwd + ", env=" + env.keySet()
                + " (values hidden), stdin=" + (stdin == null ? "none" : stdin.length() + " characters (hidden)")
                + ", timeoutMs=" + timeoutMs + "]";
    }
}
