package io.jenkins.plugins.dedalus.emulator.api;

import io.jenkins.plugins.dedalus.emulator.Fault;
import io.jenkins.plugins.dedalus.emulator.FaultControl;
import io.jenkins.plugins.dedalus.emulator.core.ApiException;
import java.util.Set;

/** Which faults befall a call. */
final class CallFaults {
    private static final Set<Fault.Kind> HANGS = Set.of(Fault.Kind.API_HANG, Fault.Kind.WAKE_HANGS);
    private static final Set<Fault.Kind> HELD = Set.of(Fault.Kind.API_HELD);
    private static final Set<Fault.Kind> DELAYS = Set.of(Fault.Kind.API_DELAY);
    private static final Set<Fault.Kind> FAILURES =
            Set.of(Fault.Kind.API_ERROR, Fault.Kind.API_LOST_ANSWER, Fault.Kind.API_GARBLED);
    private static final int DEFAULT_STATUS = 503;

    /**
     * What happens to a call.
     *
     * @param instead whether it happens instead of the call's work
     * @param answer what is answered; null: what the work gives
     * @param cuts whether the connection is cut instead of an answer
     * @param garbles whether half of what the work gives is missing
     */
    record Plan(
            boolean hangs,
            boolean held,
            long delayMillis,
            boolean instead,
            Answer answer,
            boolean cuts,
            boolean garbles) {
        /** What is sent where the work gave this. */
        Answer sent(Answer worked) {
            if (garbles) {
                String body = worked.body().substring(0, worked.body().length() / 2);
                return new Answer(worked.status(), worked.contentType(), body, worked.headers());
            }
            return answer == null ? worked : answer;
        }
    }

    private CallFaults() {}

    static Plan take(FaultControl faults, Call call) {
        boolean hangs = take(faults, call, HANGS) != null;
        Fault delay = hangs ? null : take(faults, call, DELAYS);
        Fault failure = hangs ? null : take(faults, call, FAILURES);
        boolean cuts = failure != null && failure.kind() == Fault.Kind.API_LOST_ANSWER;
        boolean garbles = failure != null && failure.kind() == Fault.Kind.API_GARBLED;
        return new Plan(
                hangs,
                !hangs && take(faults, call, HELD) != null,
                delay == null ? 0 : delay.delayMs(),
                failure != null && !garbles && !failure.afterWork(),
                failure == null || cuts || garbles ? null : answer(failure),
                cuts,
                garbles);
    }

    private static Fault take(FaultControl faults, Call call, Set<Fault.Kind> kinds) {
        return faults.take(fault -> kinds.contains(fault.kind()) && fits(fault, call))
                .orElse(null);
    }

    private static boolean fits(Fault fault, Call call) {
        if (fault.kind() == Fault.Kind.WAKE_HANGS && !call.path().endsWith("/wake")) {
            return false;
        }
        String inPath = "/" + fault.machineId();
        return fault.concerns(call.method(), call.path())
                && (fault.machineId() == null
                        || call.path().endsWith(inPath)
                        || call.path().contains(inPath + "/"));
    }

    private static Answer answer(Fault fault) {
        int status = fault.status() == 0 ? DEFAULT_STATUS : fault.status();
        String code = fault.errorCode() == null ? codeOf(status) : fault.errorCode();
        ApiException refusal = new ApiException(
                status, code, status == 429 || status >= 500, "This answer was ordered as a fault (" + status + ").");
        return Answer.refusal(fault.retryAfterMs() == null ? refusal : refusal.retryAfter(fault.retryAfterMs()));
    }

    private static String codeOf(int status) {
        return switch (status) {
            case 429 -> "RATE_LIMITED";
            case 503 -> "DEPENDENCY_UNAVAILABLE";
            case 409 -> "INVALID_STATE";
            default -> "INTERNAL_ERROR";
        };
    }
}
