package io.jenkins.plugins.dedalus.preview.command;

/**
 * Hears what a command prints, as it is printed. Called from the engine's small pool, in order: must not block long. What it
 * throws ends the listening, not the command.
 */
@FunctionalInterface
public interface OutputListener {
    /**
     * A piece of output, not necessarily whole lines.
     *
     * @param text never empty
     * @param stderr whether it was printed to standard error
     * @param after pass this as {@link ExecRequest#resume()} after a restart and nothing is repeated or lost
     */
    void onOutput(String text, boolean stderr, ExecPosition after);

    /** The command has an id now; persist it so that a restart finds the command again. */
    default void onStarted(ExecPosition position) {}

    /**
     * The command has ended, and not all of its output came through.
     *
     * @param sentence for people
     */
    default void onIncomplete(String sentence) {}
}
