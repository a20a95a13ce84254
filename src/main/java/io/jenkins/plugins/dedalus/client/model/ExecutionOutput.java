package io.jenkins.plugins.dedalus.client.model;

/**
 * All output of an execution that the server kept. {@link #toString()} shows sizes only.
 *
 * @param executionId the execution
 * @param stdout standard output, never null
 * @param stderr error output, never null
 * @param stdoutBytes size of the whole standard output in bytes
 * @param stderrBytes size of the whole error output in bytes
 * @param stdoutTruncated whether {@code stdout} is a part only
 * @param stderrTruncated whether {@code stderr} is a part only
 */
public record ExecutionOutput(
        String executionId,
        String stdout,
        String stderr,
        long stdoutBytes,
        long stderrBytes,
        boolean stdoutTruncated,
        boolean stderrTruncated) {

    /** Replaces missing output by the empty string. */
    public ExecutionOutput {
        stdout = stdout == null ? "" : stdout;
        stderr = stderr == null ? "" : stderr;
    }

    @Override
    public String toString() {
        return "ExecutionOutput[executionId=" + executionId + ", stdoutBytes=" + stdoutBytes + ", stderrBytes="
                + stderrBytes + ", stdoutTruncated=" + stdoutTruncated + ", stderrTruncated=" + stderrTruncated + "]";
    }
}
