package io.jenkins.plugins.dedalus.emulator.core;

import io.jenkins.plugins.dedalus.emulator.EmulatorConfig;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;

/** What every service works with. */
public record World(
        EmulatorConfig config,
        Path root,
        FaultControl faults,
        Hardware hardware,
        Workers workers,
        StateStore store,
        Random random) {

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 20;
    private static final int BARE_IDS = 4;

    Instant now() {
        return config.clock().instant();
    }

    /** A new machine's id: a UUID of version 7 from generation 4 on. */
    String newMachineId() {
        if (config.generation() < BARE_IDS) {
            return newId("dm-");
        }
        long high = now().toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000);
        return new UUID(high, random.nextLong() >>> 2 | 1L << 63).toString();
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
