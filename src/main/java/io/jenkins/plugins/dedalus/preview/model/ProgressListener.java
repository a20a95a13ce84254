package io.jenkins.plugins.dedalus.preview.model;

/** Hears what an operation does. Called from the engine's small pool, one call at a time per operation: must not block. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = progress -> {};

    /** One step forward. */
    void onProgress(Progress progress);

    /**
     * Whether there is room for more output. Asked before some is read; while there is none, it stays where it is, for half a
     * minute at most. Must not block.
     */
    default boolean ready() {
        return true;
    }
}
