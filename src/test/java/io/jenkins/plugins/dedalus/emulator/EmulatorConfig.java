package io.jenkins.plugins.dedalus.emulator;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How an emulator behaves.
 *
 * @param port of the API on loopback; 0 takes a free one
 * @param state where machines and metadata live; null makes a temporary directory that goes with the emulator
 * @param apiKey the only key accepted
 * @param organizationId the only organisation accepted; null accepts any
 * @param generation 1, 2 or 3
 * @param namespaces whether machines get namespaces of their own where the kernel allows it
 * @param machineQuota machines at once
 * @param bootDelay from create to running
 * @param wakeDelay from wake to running
 * @param wakeJitter added to the wake delay at random, at most
 * @param holdWindow how long a machine just woken can't be put to sleep
 * @param previewDelay from creating a preview to its URL
 * @param rateLimit API calls a second; 0 is unlimited
 */
public record EmulatorConfig(
        int port,
        Path state,
        String apiKey,
        String organizationId,
        int generation,
        boolean namespaces,
        int machineQuota,
        Duration bootDelay,
        Duration wakeDelay,
        Duration wakeJitter,
        Duration holdWindow,
        Duration previewDelay,
        int rateLimit) {

    /** Quick and quiet: what most tests want. */
    public static EmulatorConfig defaults() {
        return builder().build();
    }

    /** Starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings. */
    public static final class Builder {
        private int port;
        private Path state;
        private String apiKey = "dsk-emulator-key";
        private String organizationId;
        private int generation = 2;
        private boolean namespaces = true;
        private int machineQuota = 100;
        private Duration bootDelay = Duration.ofMillis(20);
        private Duration wakeDelay = Duration.ofMillis(20);
        private Duration wakeJitter = Duration.ZERO;
        private Duration holdWindow = Duration.ZERO;
        private Duration previewDelay = Duration.ZERO;
        private int rateLimit;

        private Builder() {}

        /** Sets the API's port. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** Sets the state directory. */
        public Builder state(Path value) {
            state = value;
            return this;
        }

        /** Sets the key. */
        public Builder apiKey(String value) {
            apiKey = value;
            return this;
        }

        /** Sets the organisation. */
        public Builder organizationId(String value) {
            organizationId = value;
            return this;
        }

        /** Sets the generation. */
        public Builder generation(int value) {
            generation = value;
            return this;
        }

        /** Allows or forbids namespaces. */
        public Builder namespaces(boolean value) {
            namespaces = value;
            return this;
        }

        /** Sets the quota. */
        public Builder machineQuota(int value) {
            machineQuota = value;
            return this;
        }

        /** Sets the boot delay. */
        public Builder bootDelay(Duration value) {
            bootDelay = value;
            return this;
        }

        /** Sets the wake delay. */
        public Builder wakeDelay(Duration value) {
            wakeDelay = value;
            return this;
        }

        /** Sets the jitter. */
        public Builder wakeJitter(Duration value) {
            wakeJitter = value;
            return this;
        }

        /** Sets the hold window. */
        public Builder holdWindow(Duration value) {
            holdWindow = value;
            return this;
        }

        /** Sets the preview delay. */
        public Builder previewDelay(Duration value) {
            previewDelay = value;
            return this;
        }

        /** Sets the rate limit. */
        public Builder rateLimit(int value) {
            rateLimit = value;
            return this;
        }

        /** Makes the configuration. */
        public EmulatorConfig build() {
            return new EmulatorConfig(
                    port,
                    state,
                    apiKey,
                    organizationId,
                    generation,
                    namespaces,
                    machineQuota,
                    bootDelay,
                    wakeDelay,
                    wakeJitter,
                    holdWindow,
                    previewDelay,
                    rateLimit);
        }
    }
}
