package io.jenkins.plugins.dedalus.emulator.core;

import java.util.LinkedHashMap;
import java.util.Map;

/** A refusal in the first of the two envelopes: an error code and a sentence. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final boolean retryable;
    private final transient Map<String, Object> details = new LinkedHashMap<>();
    private Long retryAfterMillis;

    /** A refusal of the contract. */
    public ApiException(ErrorCode code, String message) {
        this(code.status(), code.name(), code.retryable(), message);
    }

    /** Any refusal, as a fault may want it. */
    public ApiException(int status, String code, boolean retryable, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.retryable = retryable;
    }

    /** Adds when to try again. */
    public ApiException retryAfter(long millis) {
        retryAfterMillis = millis;
        return this;
    }

    /** Adds a detail. */
    public ApiException detail(String name, Object value) {
        details.put(name, value);
        return this;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The error code. */
    public String code() {
        return code;
    }

    /** Whether trying again may help. */
    public boolean retryable() {
        return retryable;
    }

    /** When to try again, in milliseconds; null: not said. */
    public Long retryAfterMillis() {
        return retryAfterMillis;
    }

    /** More to know. */
    public Map<String, Object> details() {
        return details;
    }
}
