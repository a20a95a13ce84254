package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.relay.Loop;
import io.jenkins.plugins.dedalus.emulator.sandbox.Sandboxes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;

/** What every service works with. */
public record World(
        EmulatorConfig config,
        Path root,
        FaultControl faults,
        Sandboxes sandboxes,
        Loop relay,
        Workers workers,
        StateStore store,
        SecureRandom random) {

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 20;

    Instant now() {
        return config.clock().instant();
    }

    /** A new id with a prefix, e.g. {@code dm-}. */
    String newId(String prefix) {
        StringBuilder id = new StringBuilder(prefix);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }
}
