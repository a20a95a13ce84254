package io.jenkins.plugins.dedalus.preview.model;

import java.time.Duration;

/**
 * One step forward, for a live line or a build log.
 *
 * @param phase what is being done, e.g. {@code creating the machine}
 * @param elapsed since the operation began in this process
 * @param line a line for people; script output when {@code output}; may be null when only the phase changed
 * @param output whether {@code line} is script output, which may hold what the scripts chose to print
 */
public record Progress(String phase, Duration elapsed, String line, boolean output) {}
