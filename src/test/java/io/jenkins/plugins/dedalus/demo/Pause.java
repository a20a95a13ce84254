package io.jenkins.plugins.dedalus.demo;

/** Waiting between two looks at a process that has no way to tell. */
final class Pause {
    private static final int MILLIS = 50;

    private Pause() {}

    static void briefly() {
        try {
            Thread.sleep(MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Deviation("Interrupted.");
        }
    }
}
