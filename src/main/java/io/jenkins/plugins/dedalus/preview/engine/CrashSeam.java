package io.jenkins.plugins.dedalus.preview.engine;

/**
 * The moments between an intent and its record, as a seam for tests that end the process there. Production passes
 * {@link #NONE}.
 */
@FunctionalInterface
public interface CrashSeam {
    /** Never crashes. */
    CrashSeam NONE = point -> {};

    /** A moment after which the process may be gone; may throw an {@link Error} to play that. */
    void reach(String point);
}
