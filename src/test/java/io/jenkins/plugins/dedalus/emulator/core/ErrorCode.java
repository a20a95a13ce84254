package io.jenkins.plugins.dedalus.emulator.core;

/** The error codes of the contract, each with its status. */
public enum ErrorCode {
    AUTH_REQUIRED(401, false),
    AUTH_INVALID(401, false),
    AUTH_ORG_MISMATCH(403, false),
    AUTH_SCOPE_FORBIDDEN(403, false),
    QUOTA_EXCEEDED(403, false),
    MACHINE_NOT_FOUND(404, false),
    EXECUTION_NOT_FOUND(404, false),
    PREVIEW_NOT_FOUND(404, false),
    IDEMPOTENCY_KEY_REUSED(409, false),
    INVALID_STATE(409, false),
    REVISION_MISMATCH(409, true),
    SLEEP_HOLD_WINDOW_ACTIVE(409, false),
    RATE_LIMITED(429, true),
    INTERNAL_ERROR(500, true),
    NOT_IMPLEMENTED(501, false),
    DEPENDENCY_UNAVAILABLE(503, true);

    private final int status;
    private final boolean retryable;

    ErrorCode(int status, boolean retryable) {
        this.status = status;
        this.retryable = retryable;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Whether trying again may help. */
    public boolean retryable() {
        return retryable;
    }
}
