package io.jenkins.plugins.dedalus.preview.command;

import io.jenkins.plugins.dedalus.preview.model.EnvNames;
import io.jenkins.plugins.dedalus.preview.model.SecretEnv;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A command to run on a preview's machine, besides its own scripts.
 *
 * @param id unique and the same again after a restart, e.g. a stored UUID: the same id never starts twice
 * @param script bash script; null if {@code command} is given
 * @param command program and arguments, run without a shell; null if {@code script} is given
 * @param cwd directory: absolute, or below the code's directory; null for the code's directory; {@link #AS_IT_IS} for the
 *     home, where nothing that a wake lost is put back before
 * @param env plain environment; null for none
 * @param secrets secret environment; null for none
 * @param timeout null for 30 minutes
 * @param resume where an earlier listener stopped; null at first
 */
public record ExecRequest(
        String id,
        String script,
        List<String> command,
        String cwd,
        Map<String, String> env,
        SecretEnv secrets,
        Duration timeout,
        ExecPosition resume) {

    /** The home of a machine that is only looked at. */
    public static final String AS_IT_IS = "~";

    /** Fills defaults; throws {@link IllegalArgumentException} unless exactly one of script and command is given. */
    public ExecRequest {
        Objects.requireNonNull(id, "id");
        if ((script == null) == (command == null || command.isEmpty())) {
            throw new IllegalArgumentException("exec: give either a script or a command, not both and not neither.");
        }
        if (!id.matches("[A-Za-z0-9_-]{8,64}")) {
            throw new IllegalArgumentException(
                    "exec: id is '" + id + "'; allowed are 8 to 64 letters, digits, dashes and underscores.");
        }
        command = command == null ? null : List.copyOf(command);
        env = env == null ? Map.of() : Map.copyOf(env);
        env.keySet().forEach(EnvNames::check);
        secrets = secrets == null ? SecretEnv.none() : secrets;
        timeout = timeout == null ? Duration.ofMinutes(30) : timeout;
        if (timeout.toMillis() < 1) {
            throw new IllegalArgumentException("exec: timeout is " + timeout + "; it must be positive.");
        }
    }

    /** A script with the defaults. */
    public static ExecRequest script(String id, String script) {
        return new ExecRequest(id, script, null, null, null, null, null, null);
    }

    /** Scripts and arguments may hold what their author wants private: neither is shown. */
    @Override
    public String toString() {
        return "ExecRequest[" + id + ", timeout " + timeout + "]";
    }
}
