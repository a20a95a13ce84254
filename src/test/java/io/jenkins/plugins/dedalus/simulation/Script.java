package io.jenkins.plugins.dedalus.simulation;

import io.jenkins.plugins.dedalus.emulator.core.ExecutionService;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What a command on a machine is, as the machine can tell.
 *
 * @param commit whose it is; of somebody's command, the command itself
 */
record Script(Kind kind, String commit) {
    static final String SETUP = "sim:setup";
    static final String DEPLOY = "sim:deploy";
    static final String SERVE = "sim:serve";
    static final String EXEC = "sim:exec";

    private static final String SERVE_ENCODED =
            Base64.getEncoder().encodeToString(SERVE.getBytes(StandardCharsets.UTF_8));

    /** What the engine runs. */
    enum Kind {
        SETUP,
        DEPLOY,
        START,
        /** The engine's own: fetch, checkout. */
        SOURCE,
        /** The start command again, by a wake. */
        REPAIR,
        /** Somebody's command. */
        EXEC
    }

    static Script of(ExecutionService.Command command) {
        Kind kind = kind(command);
        return new Script(
                kind, kind == Kind.EXEC ? command.stdin() : command.env().get("GIT_COMMIT"));
    }

    private static Kind kind(ExecutionService.Command command) {
        String input = command.stdin() == null ? "" : command.stdin();
        if (input.startsWith(EXEC)) {
            return Kind.EXEC;
        }
        if (input.equals(SETUP)) {
            return Kind.SETUP;
        }
        if (input.equals(DEPLOY)) {
            return Kind.DEPLOY;
        }
        if (command.env().containsValue(SERVE_ENCODED)) {
            return Kind.START;
        }
        return command.argv().stream().anyMatch(word -> word.contains("repair")) ? Kind.REPAIR : Kind.SOURCE;
    }

    /** Whether it belongs to bringing a preview to a commit, of which only one may run. */
    boolean ofBuild() {
        return kind != Kind.EXEC && kind != Kind.REPAIR;
    }
}
