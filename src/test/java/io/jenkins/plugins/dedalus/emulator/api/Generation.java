package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;

/**
 * What sets the API's generations apart.
 *
 * @param number 1 to 4
 * @param olderRoutes whether it answers what only earlier ones have, too
 */
record Generation(int number, boolean olderRoutes) {
    private static final int PORTS = 3;
    private static final int BARE = 4;

    static Generation of(EmulatorConfig config) {
        return new Generation(config.generation(), config.olderRoutes());
    }

    /** Changes of a machine want its revision in If-Match. */
    boolean wantsRevision() {
        return number == 1;
    }

    /** Create, list, sleep and wake give the phase at the top level and no status. */
    boolean brief() {
        return number >= PORTS;
    }

    /** Previews are called ports and have no visibility. */
    boolean ports() {
        return number == PORTS;
    }

    /** Ids are bare UUIDs, every change wants an Idempotency-Key, and only a read gives the status. */
    boolean bare() {
        return number >= BARE;
    }

    /** There are previews or ports, usage and the status stream. */
    boolean exposes() {
        return !bare() || olderRoutes;
    }
}
