package io.jenkins.plugins.dedalus.emulator;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Collects an {@link EmulatorConfig}; each setter says what it sets, the record's Javadoc says the rest. */
public final class EmulatorConfigBuilder {
    private int port;
    private Path state;
    private String apiKey = "dsk-emulator-key";
    private String organizationId;
    private int generation = 2;
    private EmulatorConfig.Isolation isolation = EmulatorConfig.Isolation.AUTO;
    private Path packages;
    private int machineQuota = 100;
    private Duration defaultAutosleep = Duration.ofMinutes(5);
    private Duration bootDelay = Duration.ofMillis(20);
    private Duration wakeDelay = Duration.ofMillis(20);
    private Duration wakeJitter = Duration.ZERO;
    private Duration sleepDelay = Duration.ZERO;
    private Duration wakeAnswerWithin = Duration.ofSeconds(50);
    private Duration holdWindow = Duration.ZERO;
    private Duration previewDelay = Duration.ZERO;
    private boolean namedHosts;
    private int rateLimit;
    private boolean sleepForbidden;
    private boolean olderRoutes;
    private Clock clock = Clock.systemUTC();
    private final List<Fault> faults = new ArrayList<>();

    EmulatorConfigBuilder() {}

    /** Sets the API's port; 0 takes a free one. */
    public EmulatorConfigBuilder port(int value) {
        port = value;
        return this;
    }

    /** Sets the directory whose machines are found again; null: a temporary one. */
    public EmulatorConfigBuilder state(Path value) {
        state = value;
        return this;
    }

    /** Sets the only key accepted. */
    public EmulatorConfigBuilder apiKey(String value) {
        apiKey = value;
        return this;
    }

    /** Sets the only organisation accepted; null accepts any UUID. */
    public EmulatorConfigBuilder organizationId(String value) {
        organizationId = value;
        return this;
    }

    /** Sets the API's generation: 1 to 4. */
    public EmulatorConfigBuilder generation(int value) {
        generation = value;
        return this;
    }

    /** Sets whether machines get namespaces. */
    public EmulatorConfigBuilder isolation(EmulatorConfig.Isolation value) {
        isolation = value;
        return this;
    }

    /** Sets whether machines get namespaces where the kernel allows it, or never. */
    public EmulatorConfigBuilder namespaces(boolean value) {
        return isolation(value ? EmulatorConfig.Isolation.AUTO : EmulatorConfig.Isolation.OFF);
    }

    /** Sets the directory of packages that machines can install without a network; null: none. */
    public EmulatorConfigBuilder packages(Path value) {
        packages = value;
        return this;
    }

    /** Sets how many machines may exist at once. */
    public EmulatorConfigBuilder machineQuota(int value) {
        machineQuota = value;
        return this;
    }

    /** Sets the autosleep of machines that don't ask for one; zero: never. */
    public EmulatorConfigBuilder defaultAutosleep(Duration value) {
        defaultAutosleep = value;
        return this;
    }

    /** Sets the time from create to running. */
    public EmulatorConfigBuilder bootDelay(Duration value) {
        bootDelay = value;
        return this;
    }

    /** Sets the time from wake to running. */
    public EmulatorConfigBuilder wakeDelay(Duration value) {
        wakeDelay = value;
        return this;
    }

    /** Sets what is added to a wake at random, at most. */
    public EmulatorConfigBuilder wakeJitter(Duration value) {
        wakeJitter = value;
        return this;
    }

    /** Sets after how long a wake is answered 202 though it goes on. */
    public EmulatorConfigBuilder wakeAnswerWithin(Duration value) {
        wakeAnswerWithin = value;
        return this;
    }

    /** Sets the time from stopping to sleeping. */
    public EmulatorConfigBuilder sleepDelay(Duration value) {
        sleepDelay = value;
        return this;
    }

    /** Sets how long a machine just woken can't sleep. */
    public EmulatorConfigBuilder holdWindow(Duration value) {
        holdWindow = value;
        return this;
    }

    /** Sets the time from creating a preview to its URL. */
    public EmulatorConfigBuilder previewDelay(Duration value) {
        previewDelay = value;
        return this;
    }

    /** Sets whether each preview's URL has a host name of its own, below localhost. */
    public EmulatorConfigBuilder namedHosts(boolean value) {
        namedHosts = value;
        return this;
    }

    /** Sets API calls a second; 0: unlimited. */
    public EmulatorConfigBuilder rateLimit(int value) {
        rateLimit = value;
        return this;
    }

    /** Sets whether sleep calls are answered 403. */
    public EmulatorConfigBuilder sleepForbidden(boolean value) {
        sleepForbidden = value;
        return this;
    }

    /** Sets whether generation 4 answers what only earlier ones have, too. */
    public EmulatorConfigBuilder olderRoutes(boolean value) {
        olderRoutes = value;
        return this;
    }

    /** Sets the clock of timestamps, autosleep, hold window and usage. */
    public EmulatorConfigBuilder clock(Clock value) {
        clock = value;
        return this;
    }

    /** Arms a fault from the start. */
    public EmulatorConfigBuilder fault(Fault value) {
        faults.add(value);
        return this;
    }

    /** Makes the configuration; throws {@link IllegalArgumentException} with a sentence. */
    public EmulatorConfig build() {
        return new EmulatorConfig(
                port,
                state,
                apiKey,
                organizationId,
                generation,
                isolation,
                packages,
                machineQuota,
                defaultAutosleep,
                bootDelay,
                wakeDelay,
                wakeJitter,
                wakeAnswerWithin,
                sleepDelay,
                holdWindow,
                previewDelay,
                namedHosts,
                rateLimit,
                sleepForbidden,
                olderRoutes,
                clock,
                faults);
    }
}
