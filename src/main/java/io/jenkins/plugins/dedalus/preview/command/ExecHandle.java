package io.jenkins.plugins.dedalus.preview.command;

import java.util.concurrent.CompletableFuture;

/** A command running on a preview's machine. */
public interface ExecHandle {
    /** Completes when the command ended and all its output was handed on; an exit code other than 0 is no failure. */
    CompletableFuture<ExecResult> result();

    /** Stops the command. */
    void cancel(String why);
}
