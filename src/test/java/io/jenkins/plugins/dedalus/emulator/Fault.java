package io.jenkins.plugins.dedalus.emulator;

/**
 * Something that goes wrong on demand.
 *
 * @param kind what
 * @param times how often; negative means until cleared
 * @param method for {@link Kind#API}: the HTTP method, null for any
 * @param path for {@link Kind#API}: a regular expression over the whole path
 * @param status for {@link Kind#API} and {@link Kind#PREVIEW_GATEWAY}: the HTTP status; 0 cuts the connection
 * @param code the error code
 * @param millis a delay or a retry-after
 * @param afterWork for {@link Kind#API}: whether the work is done before it goes wrong
 */
public record Fault(
        Kind kind, int times, String method, String path, int status, String code, long millis, boolean afterWork) {
    /** What can go wrong. */
    public enum Kind {
        /** An API call answers something else, or nothing. */
        API,
        /** The next execution ends at once as failed with {@code code}. */
        EXECUTION_FAILS,
        /** The next wake takes {@code millis} more. */
        WAKE_SLOW,
        /** The next wake never ends. */
        WAKE_HANGS,
        /** The next wake ends in phase failed, RuntimeWakeFailed. */
        WAKE_FAILS,
        /** The next wake finds the memory gone and only the disk left. */
        MEMORY_LOST,
        /** The next machine stays in placement_pending, NoReadyHosts. */
        PLACEMENT_STUCK,
        /** The next connections to preview URLs get {@code status}. */
        PREVIEW_GATEWAY,
        /** Preview URLs pass every connection on after {@code millis}. */
        PREVIEW_DELAY
    }

    /** A fault without details. */
    public static Fault of(Kind kind, int times) {
        return new Fault(kind, times, null, null, 0, null, 0, false);
    }

    /** A fault that takes time. */
    public static Fault delaying(Kind kind, int times, long millis) {
        return new Fault(kind, times, null, null, 0, null, millis, false);
    }

    /** Executions that fail. */
    public static Fault execution(int times, String code) {
        return new Fault(Kind.EXECUTION_FAILS, times, null, null, 0, code, 0, false);
    }

    /** Gateway answers of preview URLs. */
    public static Fault gateway(int times, int status) {
        return new Fault(Kind.PREVIEW_GATEWAY, times, null, null, status, "machine_not_routable", 0, false);
    }

    /** An API answer. */
    public static Fault api(int times, String method, String path, int status, String code, long retryAfterMillis) {
        return new Fault(Kind.API, times, method, path, status, code, retryAfterMillis, false);
    }

    /** An API call whose work is done and whose answer is lost. */
    public static Fault lostAnswer(int times, String method, String path) {
        return new Fault(Kind.API, times, method, path, 0, null, 0, true);
    }
}
