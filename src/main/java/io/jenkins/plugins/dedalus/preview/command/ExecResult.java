package io.jenkins.plugins.dedalus.preview.command;

/**
 * How a command ended.
 *
 * @param executionId Dedalus' id
 * @param exitCode null if it has none: killed by a signal
 * @param signal the signal's name, usually null
 */
public record ExecResult(String executionId, Integer exitCode, String signal) {}
