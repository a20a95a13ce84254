package io.jenkins.plugins.dedalus.preview.command;

/**
 * Where a listener stands in an execution's output; small, holds no output, meant to be persisted by the listener.
 *
 * @param executionId Dedalus' id
 * @param cursor the events page to read next; null for the first
 * @param sequence the last event handed on
 */
public record ExecPosition(String executionId, String cursor, long sequence) {}
