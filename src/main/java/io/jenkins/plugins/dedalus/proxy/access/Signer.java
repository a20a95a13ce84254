package io.jenkins.plugins.dedalus.proxy.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs and compares short texts: HMAC-SHA256, URL-safe base64 without padding. Thread-safe. */
public final class Signer {
    /** Bytes of a key made by {@link #freshKey()}. */
    public static final int KEY_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec key;

    /** @param key at least 32 bytes */
    public Signer(byte[] key) {
        if (key.length < KEY_BYTES) {
            throw new IllegalArgumentException("A signing key has " + key.length + " bytes; at least 32 are needed.");
        }
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /** A random key. */
    public static byte[] freshKey() {
        byte[] fresh = new byte[KEY_BYTES];
        RANDOM.nextBytes(fresh);
        return fresh;
    }

    /** A signer whose signatures mean nothing to this one: for another purpose, or after a change of {@code context}. */
    public Signer derive(String context) {
        return new Signer(mac(context));
    }

    /** The signature of a text. */
    public String sign(String text) {
        return ENCODER.encodeToString(mac(text));
    }

    /** Whether this is the text's signature; takes the same time for every wrong one. */
    public boolean verify(String text, String signature) {
        return same(sign(text), signature);
    }

    private byte[] mac(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has HmacSHA256.", e);
        }
    }

    /** 256 random bits, as text that fits into an address or a cookie. */
    public static String random() {
        return ENCODER.encodeToString(freshKey());
    }

    /** SHA-256, base64. */
    static String hash(String text) {
        try {
            return ENCODER.encodeToString(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }

    static String encode(String text) {
        return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The decoded text; throws {@link IllegalArgumentException} if it is not base64. */
    static String decode(String text) {
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }

    /** Compares in a time that depends on the lengths only. */
    static boolean same(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
