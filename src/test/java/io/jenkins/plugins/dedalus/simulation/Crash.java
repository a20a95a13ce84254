package io.jenkins.plugins.dedalus.simulation;

/** The process is gone: unwinds whatever it was doing. */
final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String where) {
        super("the process is gone: " + where, null, false, false);
    }
}
