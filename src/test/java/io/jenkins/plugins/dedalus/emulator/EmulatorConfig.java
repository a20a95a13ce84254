package io.jenkins.plugins.dedalus.emulator;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * How an emulator behaves. Immutable; made by {@link #builder()}.
 *
 * @param port of the API on 127.0.0.1; 0 takes a free one
 * @param state where machines and metadata live and are found again; null: a temporary directory, deleted on close
 * @param apiKey the only key accepted
 * @param organizationId the only organisation accepted; null accepts any UUID
 * @param generation of the API: 1 to 4
 * @param isolation whether machines get namespaces of their own
 * @param packages directory of packages that machines can install without a network; null: none
 * @param machineQuota machines that may exist at once (free plan 5, the next 20)
 * @param defaultAutosleep of machines that don't ask for one; zero: never
 * @param bootDelay from create to running
 * @param wakeDelay from wake to running
 * @param wakeJitter at most this much is added to each wake, at random
 * @param wakeAnswerWithin a wake that takes longer is answered 202 with phase {@code starting}
 * @param sleepDelay from stopping, in which the processes are frozen already, to sleeping; a sleep call doesn't wait for it
 * @param holdWindow how long a machine just woken can't be put to sleep
 * @param previewDelay from creating a preview to its URL
 * @param namedHosts whether each preview's URL has a host name of its own, below localhost
 * @param rateLimit API calls a second; 0: unlimited
 * @param sleepForbidden whether sleep calls are answered 403, as some accounts see
 * @param olderRoutes whether generation 4 answers previews, usage and the status stream too, as earlier ones do
 * @param clock for timestamps, autosleep, hold window and usage; delays run in real time
 * @param faults armed from the start
 */
public record EmulatorConfig(
        int port,
        Path state,
        String apiKey,
        String organizationId,
        int generation,
        Isolation isolation,
        Path packages,
        int machineQuota,
        Duration defaultAutosleep,
        Duration bootDelay,
        Duration wakeDelay,
        Duration wakeJitter,
        Duration wakeAnswerWithin,
        Duration sleepDelay,
        Duration holdWindow,
        Duration previewDelay,
        boolean namedHosts,
        int rateLimit,
        boolean sleepForbidden,
        boolean olderRoutes,
        Clock clock,
        List<Fault> faults) {

    /** Whether machines get a PID and a network namespace of their own. */
    public enum Isolation {
        /** Where the kernel allows it. */
        AUTO,
        /** Never: machines share the host's ports, and each gets PORT. */
        OFF,
        /** Always: the emulator refuses to start where the kernel doesn't allow it. */
        NAMESPACES
    }

    /** Checks ranges; throws {@link IllegalArgumentException} with a sentence. */
    public EmulatorConfig {
        require(port >= 0 && port <= 65_535, "port is " + port + "; allowed are 0 to 65535.");
        require(apiKey != null && !apiKey.isBlank(), "apiKey is empty.");
        require(generation >= 1 && generation <= 4, "generation is " + generation + "; allowed are 1 to 4.");
        require(machineQuota >= 0, "machineQuota is " + machineQuota + "; it can't be negative.");
        require(rateLimit >= 0, "rateLimit is " + rateLimit + "; it can't be negative.");
        faults = List.copyOf(faults);
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new IllegalArgumentException(sentence);
        }
    }

    /** Quick and quiet: what most tests want. */
    public static EmulatorConfig defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static EmulatorConfigBuilder builder() {
        return new EmulatorConfigBuilder();
    }

    @Override
    public String toString() {
        return "EmulatorConfig[port " + port + ", generation " + generation + ", state "
                + (state == null ? "temporary" : state) + "]";
    }
}
