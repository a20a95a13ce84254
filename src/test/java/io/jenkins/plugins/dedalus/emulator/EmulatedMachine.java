package io.jenkins.plugins.dedalus.emulator;

import java.nio.file.Path;
import java.util.Set;

/**
 * What a test sees of a machine.
 *
 * @param id e.g. {@code dm-…}
 * @param phase as on the wire
 * @param home the machine's home directory on the host
 * @param pids of all its processes, as the host sees them
 * @param wakes how often it went from asleep to running
 */
public record EmulatedMachine(String id, String phase, Path home, Set<Long> pids, int wakes) {}
