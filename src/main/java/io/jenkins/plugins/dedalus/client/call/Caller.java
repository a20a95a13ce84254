package io.jenkins.plugins.dedalus.client.call;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * For whom calls are made: an API key and an organisation, of which nothing can be seen. Two are the same object exactly if
 * the key and the organisation did not change from the call of the one to the call of the other.
 */
public final class Caller {
    private static final int SHOWN_BYTES = 16;

    private final String credentials;

    public Caller(String credentials) {
        this.credentials = credentials;
    }

    public boolean is(String others) {
        return credentials.equals(others);
    }

    /**
     * Tells whether key and organisation are those of another time, without keeping either.
     *
     * @param salt random, kept beside the fingerprint
     * @return 32 hexadecimal digits
     */
    public String fingerprint(String salt) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((salt + "\n" + credentials).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, SHOWN_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }

    /** Shows nothing of them. */
    @Override
    public String toString() {
        return "Caller";
    }
}
