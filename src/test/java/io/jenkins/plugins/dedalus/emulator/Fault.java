package io.jenkins.plugins.dedalus.emulator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Something that goes wrong on demand. Made by the factories and refined by the {@code with…} methods; the control
 * endpoint and the config file take the same fields in snake_case.
 *
 * @param kind what goes wrong
 * @param times how often; negative: until cleared
 * @param machineId only on this machine; null: on any
 * @param method API calls and previews: only requests of this method; null: any
 * @param path API calls and previews: only requests whose path matches, as {@link CallLog#count} says; null: any. Of a
 *     connection to a preview the first request counts
 * @param status the HTTP status of an API or gateway answer; 0: the kind's own
 * @param errorCode of an API answer or a failed execution; null: the kind's own
 * @param delayMs a delay in milliseconds; what it delays depends on the kind
 * @param retryAfterMs the {@code retry_after_ms} of an API answer; null: none
 * @param afterWork whether the call's work is done before it goes wrong
 * @param afterBytes {@link Kind#PREVIEW_RESET}: how many bytes pass before; {@link Kind#OUTPUT_LOST}: how many are lost
 * @param request {@link Kind#PREVIEW_RESET}: count the request's bytes instead of the response's
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Fault(
        Kind kind,
        int times,
        String machineId,
        String method,
        String path,
        int status,
        String errorCode,
        long delayMs,
        Long retryAfterMs,
        boolean afterWork,
        long afterBytes,
        boolean request) {

    /** What can go wrong. */
    public enum Kind {
        /** An API call is answered {@code status} and {@code error_code}; {@code after_work}: having done its work. */
        @JsonProperty("api_error")
        API_ERROR,
        /** An API call's connection is cut; {@code after_work}: having done its work. */
        @JsonProperty("api_lost_answer")
        API_LOST_ANSWER,
        /** An API call does its work, and half of its answer's body is missing. */
        @JsonProperty("api_garbled")
        API_GARBLED,
        /** An API call is answered {@code delay_ms} later. */
        @JsonProperty("api_delay")
        API_DELAY,
        /** An API call does its work and is answered only once the fault is cleared. */
        @JsonProperty("api_held")
        API_HELD,
        /** An API call is never answered and does nothing, until the faults are cleared. */
        @JsonProperty("api_hang")
        API_HANG,
        /** An execution is failed with {@code error_code}: at once, or {@code delay_ms} after its command started. */
        @JsonProperty("execution_fails")
        EXECUTION_FAILS,
        /** A wake takes {@code delay_ms} more. */
        @JsonProperty("wake_slow")
        WAKE_SLOW,
        /** A wake goes on only once the fault is cleared. */
        @JsonProperty("wake_held")
        WAKE_HELD,
        /** A machine stays {@code delay_ms} longer in phase stopping. */
        @JsonProperty("sleep_slow")
        SLEEP_SLOW,
        /** A wake call is never answered; the machine goes on sleeping. */
        @JsonProperty("wake_hangs")
        WAKE_HANGS,
        /** A wake ends in phase failed, RuntimeWakeFailed. */
        @JsonProperty("wake_fails")
        WAKE_FAILS,
        /** A wake finds the memory gone: no process, but the home directory. */
        @JsonProperty("memory_lost")
        MEMORY_LOST,
        /** A wake finds the home directory only: no process, and the rest of the files as on a new machine. */
        @JsonProperty("root_reset")
        ROOT_RESET,
        /** A new machine stays in placement_pending, NoReadyHosts, until the fault is cleared. */
        @JsonProperty("placement_stuck")
        PLACEMENT_STUCK,
        /** A new machine ends in phase failed, StorageProvisioningFailed. */
        @JsonProperty("storage_fails")
        STORAGE_FAILS,
        /** A change of memory waits for capacity until the memory is changed again; told from generation 4 on. */
        @JsonProperty("resize_pending")
        RESIZE_PENDING,
        /** The first {@code after_bytes} bytes of an execution's output are lost; told from generation 4 on. */
        @JsonProperty("output_lost")
        OUTPUT_LOST,
        /** A new preview has its URL only {@code delay_ms} later. */
        @JsonProperty("preview_late")
        PREVIEW_LATE,
        /** Preview URLs answer {@code status}, or as {@code error_code} vite, webpack, rails or django refuses a host; with {@code delay_ms} only for that long after a wake, however often. */
        @JsonProperty("preview_gateway")
        PREVIEW_GATEWAY,
        /** Preview URLs reset connections; with {@code delay_ms} only for that long after a wake, however often. */
        @JsonProperty("preview_refuse")
        PREVIEW_REFUSE,
        /** Preview URLs pass every byte on {@code delay_ms} later, in each direction. */
        @JsonProperty("preview_delay")
        PREVIEW_DELAY,
        /** A preview URL resets the connection after {@code after_bytes} of the response ({@code request}: request). */
        @JsonProperty("preview_reset")
        PREVIEW_RESET
    }

    /** Puts defaults in place of what was left out. */
    public Fault {
        if (kind == null) {
            throw new IllegalArgumentException("a fault needs a kind");
        }
        times = times == 0 ? 1 : times;
    }

    /** A fault of a kind that happens once. */
    public static Fault of(Kind kind) {
        return new Draft(kind).fault();
    }

    /** A fault of a kind that happens so many times; negative: until cleared. */
    public static Fault of(Kind kind, int times) {
        return of(kind).withTimes(times);
    }

    /** A fault that takes time. */
    public static Fault delaying(Kind kind, int times, long millis) {
        return of(kind, times).withDelay(Duration.ofMillis(millis));
    }

    /** API calls that answer an error without doing anything, once. */
    public static Fault apiError(String method, String path, int status, String errorCode) {
        return of(Kind.API_ERROR).withCalls(method, path).withStatus(status).withErrorCode(errorCode);
    }

    /** API calls that answer an error without doing anything; {@code retryAfterMillis} 0: none. */
    public static Fault api(int times, String method, String path, int status, String code, long retryAfterMillis) {
        Fault fault = apiError(method, path, status, code).withTimes(times);
        return retryAfterMillis > 0 ? fault.withRetryAfter(Duration.ofMillis(retryAfterMillis)) : fault;
    }

    /** An API call that does its work and whose connection is then cut, once. */
    public static Fault lostAnswer(String method, String path) {
        return of(Kind.API_LOST_ANSWER).withCalls(method, path).withWorkDone();
    }

    /** API calls that do their work and whose connections are then cut. */
    public static Fault lostAnswer(int times, String method, String path) {
        return lostAnswer(method, path).withTimes(times);
    }

    /** API calls that do their work and answer with broken JSON. */
    public static Fault garbled(int times, String method, String path) {
        return of(Kind.API_GARBLED, times).withCalls(method, path).withWorkDone();
    }

    /** An execution that fails at once, e.g. with {@code machine_not_routable}, once. */
    public static Fault executionFails(String errorCode) {
        return of(Kind.EXECUTION_FAILS).withErrorCode(errorCode);
    }

    /** Executions that fail at once. */
    public static Fault execution(int times, String errorCode) {
        return executionFails(errorCode).withTimes(times);
    }

    /** Preview URLs that answer a gateway's 502, 503 or 504. */
    public static Fault gateway(int times, int status) {
        return of(Kind.PREVIEW_GATEWAY, times).withStatus(status);
    }

    /** Preview URLs that answer a gateway's 502, 503 or 504 for a while after each wake. */
    public static Fault gatewayAfterWake(int status, Duration howLong) {
        return of(Kind.PREVIEW_GATEWAY).withStatus(status).withDelay(howLong).always();
    }

    /** A reset after so many bytes of the response, or of the request. */
    public static Fault previewReset(long afterBytes, boolean request) {
        return of(Kind.PREVIEW_RESET).but(draft -> {
            draft.afterBytes = afterBytes;
            draft.request = request;
        });
    }

    /** Executions whose output's first bytes are lost. */
    public static Fault outputLost(int times, long bytes) {
        return of(Kind.OUTPUT_LOST, times).but(draft -> draft.afterBytes = bytes);
    }

    /** Whether it can happen on a machine. */
    public boolean concerns(String machine) {
        return machineId == null || machineId.equals(machine);
    }

    /** Whether it can happen to a request; {@code requestPath} is without the query. */
    public boolean concerns(String requestMethod, String requestPath) {
        return (method == null || method.equals(requestMethod))
                && (path == null || CallLog.pattern(path).matcher(requestPath).matches());
    }

    /** The same, so many times; negative: until cleared. */
    public Fault withTimes(int value) {
        return but(draft -> draft.times = value);
    }

    /** The same until cleared. */
    public Fault always() {
        return withTimes(-1);
    }

    /** The same on one machine only. */
    public Fault withMachine(String value) {
        return but(draft -> draft.machineId = value);
    }

    /** The same for requests of this method and path only; null: any. */
    public Fault withCalls(String onlyMethod, String onlyPath) {
        return but(draft -> {
            draft.method = onlyMethod;
            draft.path = onlyPath;
        });
    }

    /** The same with another HTTP status. */
    public Fault withStatus(int value) {
        return but(draft -> draft.status = value);
    }

    /** The same with another error code; null: the kind's own. */
    public Fault withErrorCode(String value) {
        return but(draft -> draft.errorCode = value);
    }

    /** The same with a delay, in whole milliseconds. */
    public Fault withDelay(Duration value) {
        return but(draft -> draft.delayMs = value.toMillis());
    }

    /** The same with a {@code retry_after_ms}. */
    public Fault withRetryAfter(Duration value) {
        return but(draft -> draft.retryAfterMs = value.toMillis());
    }

    /** The same, having done the call's work before. */
    public Fault withWorkDone() {
        return but(draft -> draft.afterWork = true);
    }

    private Fault but(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.fault();
    }

    /** A fault whose values may still change: the one place that knows their order. */
    private static final class Draft {
        private final Kind kind;
        private int times = 1;
        private String machineId;
        private String method;
        private String path;
        private int status;
        private String errorCode;
        private long delayMs;
        private Long retryAfterMs;
        private boolean afterWork;
        private long afterBytes;
        private boolean request;

        Draft(Kind kind) {
            this.kind = kind;
        }

        Draft(Fault from) {
            kind = from.kind;
            times = from.times;
            machineId = from.machineId;
            method = from.method;
            path = from.path;
            status = from.status;
            errorCode = from.errorCode;
            delayMs = from.delayMs;
            retryAfterMs = from.retryAfterMs;
            afterWork = from.afterWork;
            afterBytes = from.afterBytes;
            request = from.request;
        }

        Fault fault() {
            return new Fault(
                    kind,
                    times,
                    machineId,
                    method,
                    path,
                    status,
                    errorCode,
                    delayMs,
                    retryAfterMs,
                    afterWork,
                    afterBytes,
                    request);
        }
    }
}
