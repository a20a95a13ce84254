package io.jenkins.plugins.dedalus.preview.ledger;

/**
 * How far an execution's output was handed on.
 *
 * @param cursor the events page to read next; null for the first
 * @param sequence the last event that was handed on completely; 0 before the first
 * @param lines complete lines handed on of the events after {@code sequence}
 * @param bytes of output, about, in the events up to {@code sequence}; the settings' output limit or more once nothing
 *     further is handed on
 */
public record OutputPosition(String cursor, long sequence, int lines, long bytes) {
    /** Nothing handed on yet. */
    public static final OutputPosition START = new OutputPosition(null, 0, 0, 0);
}
