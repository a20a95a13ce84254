package io.jenkins.plugins.dedalus.client.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A command on a machine, as the server last said.
 *
 * @param executionId never null
 * @param machineId the machine it runs on
 * @param status never null
 * @param command program and arguments; empty where not said
 * @param cwd working directory; may be null
 * @param envKeys names of the variables that were set; the server never tells values
 * @param createdAt may be null
 * @param startedAt null until it starts
 * @param completedAt null until it ends
 * @param exitCode null until it ends, and when a signal or the platform ended it
 * @param signal the signal that ended it; null otherwise
 * @param errorCode the platform's reason, such as {@code machine_not_routable}; null otherwise
 * @param errorMessage the same in words; null otherwise
 * @param retryAfterMs when to look again, in milliseconds; null where not said
 * @param stdoutBytes size of the standard output so far; null where not said
 * @param stderrBytes size of the error output so far; null where not said
 * @param stdoutTruncated whether the server kept only a part; null where not said
 * @param stderrTruncated whether the server kept only a part; null where not said
 * @param expiresAt when the server forgets it; may be null
 * @param logCapture what became of its output; null before generation 4
 */
public record Execution(
        String executionId,
        String machineId,
        ExecutionStatus status,
        List<String> command,
        String cwd,
        List<String> envKeys,
        Instant createdAt,
        Instant startedAt,
        Instant completedAt,
        Integer exitCode,
        String signal,
        String errorCode,
        String errorMessage,
        Long retryAfterMs,
        Long stdoutBytes,
        Long stderrBytes,
        Boolean stdoutTruncated,
        Boolean stderrTruncated,
        Instant expiresAt,
        LogCapture logCapture) {
    private static final Set<String> NEVER_RAN = Set.of("machine_not_found", "machine_not_routable");
    private static final Set<String> LOST =
            Set.of("execution_runner_interrupted", "exec_frame_read_timeout", "execution_runner_prepare_failed");

    /** Replaces missing parts. */
    public Execution {
        status = status == null ? ExecutionStatus.UNKNOWN : status;
        command = present(command);
        envKeys = present(envKeys);
    }

    /** Whether it has ended, however it ended. */
    public boolean finished() {
        return status.finished();
    }

    /** What is missing of its output, such as {@code 512 bytes are lost}; null where nothing is known to be. */
    public String missingOutput() {
        return logCapture == null ? null : logCapture.missing();
    }

    /** Whether it failed before it began: the platform didn't reach the machine. It may be asked for again, under a new key. */
    public boolean neverRan() {
        return exitCode == null && errorCode != null && NEVER_RAN.contains(errorCode);
    }

    /** Whether the platform lost it while it ran: how far it came is unknown. */
    public boolean lostByPlatform() {
        return exitCode == null && errorCode != null && LOST.contains(errorCode);
    }

    /** When to look again; empty where not said. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfterMs).map(Duration::ofMillis);
    }

    private static List<String> present(List<String> list) {
        return list == null ? List.of() : list.stream().filter(Objects::nonNull).toList();
    }
}
