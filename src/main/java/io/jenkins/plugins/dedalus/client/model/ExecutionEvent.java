package io.jenkins.plugins.dedalus.client.model;

import java.time.Instant;

/**
 * One event of an execution, in the order of {@code sequence}. {@link #toString()} shows the chunk's size only.
 *
 * @param sequence grows within an execution
 * @param type {@code lifecycle}, {@code stdout} or {@code stderr}; other values are to be ignored
 * @param at when; may be null
 * @param chunk output, not necessarily whole lines; null on lifecycle events
 * @param status the new status of a lifecycle event; null otherwise
 * @param exitCode on the last lifecycle event; may be null
 * @param signal on the last lifecycle event, where a signal ended it; may be null
 * @param errorCode the platform's reason; may be null
 * @param errorMessage the same in words; may be null
 */
public record ExecutionEvent(
        long sequence,
        String type,
        Instant at,
        String chunk,
        ExecutionStatus status,
        Integer exitCode,
        String signal,
        String errorCode,
        String errorMessage) {

    /** Whether this is a piece of standard output. */
    public boolean stdout() {
        return "stdout".equals(type);
    }

    /** Whether this is a piece of error output. */
    public boolean stderr() {
        return "stderr".equals(type);
    }

    /** Whether this tells of a new status. */
    public boolean lifecycle() {
        return "lifecycle".equals(type);
    }

    @Override
    public String toString() {
        return "ExecutionEvent[sequence=" + sequence + ", type=" + type + ", at=" + at + ", chunk="
                + (chunk == null ? "none" : chunk.length() + " characters") + ", status=" + status + ", exitCode="
                + exitCode
                + ", signal=" + signal + ", errorCode=" + errorCode + "]";
    }
}
