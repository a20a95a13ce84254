package io.jenkins.plugins.dedalus.preview.wake;

import java.time.Duration;

/**
 * A machine that is awake.
 *
 * @param machineId the machine
 * @param believed whether it was seen active so recently that nothing was asked
 * @param repaired whether the app had to be started again
 * @param took from the wake's begin to the app's answer; zero when believed
 */
public record Awake(String machineId, boolean believed, boolean repaired, Duration took) {}
