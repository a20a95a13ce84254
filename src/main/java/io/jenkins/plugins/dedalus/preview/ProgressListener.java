package io.jenkins.plugins.dedalus.preview;

/** Hears what an operation does. Called from the engine's small pool, one call at a time per operation: must not block. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = progress -> {};

    /** One step forward. */
    void onProgress(Progress progress);
}
