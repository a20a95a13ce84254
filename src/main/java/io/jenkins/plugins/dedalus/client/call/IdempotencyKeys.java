package io.jenkins.plugins.dedalus.client.call;

import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;

/** Makes the keys that tell the server which calls are one and the same. */
public final class IdempotencyKeys {

    private static final Pattern UUID_DIGITS = Pattern.compile("[0-9a-f]{32}");
    private static final int HALF = 16;
    private static final int HEXADECIMAL = 16;
    private static final int RANDOM_BITS = 0xfff;
    private static final int VERSION_7 = 0x7000;
    private static final int TIME_SHIFT = 16;

    private IdempotencyKeys() {}

    /**
     * A fresh key: a UUID of version 7 (RFC 9562) as 32 lower-case hexadecimal digits, the form that Dedalus' own command
     * line sends.
     *
     * @param now the time that the key begins with, in milliseconds; keys of later milliseconds sort later
     */
    public static String next(Instant now) {
        UUID random = UUID.randomUUID();
        long high = now.toEpochMilli() << TIME_SHIFT | VERSION_7 | random.getMostSignificantBits() & RANDOM_BITS;
        return text(high, random.getLeastSignificantBits());
    }

    /**
     * The key of a repetition that is to be another call: the same again for the same number.
     *
     * @param id what the call is for; a key of {@link #next} gives keys of that form, anything else is kept readable
     * @param repetition 0 for the first call, whose key is the id itself; not negative
     */
    public static String of(String id, int repetition) {
        String digits = id.replace("-", "");
        if (!UUID_DIGITS.matcher(digits).matches()) {
            return repetition == 0 ? id : id + "-" + repetition;
        }
        long high = Long.parseUnsignedLong(digits.substring(0, HALF), HEXADECIMAL);
        return text(high, Long.parseUnsignedLong(digits.substring(HALF), HEXADECIMAL) ^ repetition);
    }

    private static String text(long high, long low) {
        return String.format("%016x%016x", high, low);
    }
}
