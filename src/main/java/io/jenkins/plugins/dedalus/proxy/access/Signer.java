package io.jenkins.plugins.dedalus.proxy.access;

import io.jenkins.plugins.dedalus.preview.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs and compares short texts: HMAC-SHA256, URL-safe base64 without padding. Thread-safe. */
public final class Signer {
    /** Bytes of a key made by {@link #freshKey()}. */
    public static final int KEY_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final Supplier<List<byte[]>> keys;

    /** @param key at least 32 bytes */
    public Signer(byte[] key) {
        List<byte[]> only = List.of(checked(key));
        this.keys = () -> only;
    }

    private Signer(Supplier<List<byte[]>> keys) {
        this.keys = keys;
    }

    /**
     * A signer whose keys may change while it lives.
     *
     * @param keys one or more, at least 32 bytes each: the first one signs, all of them verify
     */
    public static Signer ofKeys(Supplier<List<byte[]>> keys) {
        return new Signer(() -> keys.get().stream().map(Signer::checked).toList());
    }

    private static byte[] checked(byte[] key) {
        if (key.length < KEY_BYTES) {
            throw new IllegalArgumentException("A signing key has " + key.length + " bytes; at least 32 are needed.");
        }
        return key;
    }

    /** A random key. */
    public static byte[] freshKey() {
        byte[] fresh = new byte[KEY_BYTES];
        RANDOM.nextBytes(fresh);
        return fresh;
    }

    /** A signer whose signatures mean nothing to this one: for another purpose, or after a change of {@code context}. */
    public Signer derive(String context) {
        return new Signer(
                () -> keys.get().stream().map(key -> mac(key, context)).toList());
    }

    /** The signature of a text. */
    public String sign(String text) {
        return ENCODER.encodeToString(mac(keys.get().get(0), text));
    }

    /** Whether this is the text's signature by any of the keys; takes the same time for every wrong one. */
    public boolean verify(String text, String signature) {
        boolean good = false;
        for (byte[] key : keys.get()) {
            good |= same(ENCODER.encodeToString(mac(key, text)), signature);
        }
        return good;
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
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
        return ENCODER.encodeToString(Sha256.of(text));
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
