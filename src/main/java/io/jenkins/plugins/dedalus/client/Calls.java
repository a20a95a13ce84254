package io.jenkins.plugins.dedalus.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What the API classes share: options become a scope and an idempotency key, answers become values. */
final class Calls {

    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private final Transport transport;
    private final Clock clock;
    private final Pauses pauses;
    private final RetryPolicy policy;
    private final Duration totalDeadline;

    Calls(Transport transport, Clock clock, Pauses pauses, RetryPolicy policy, Duration totalDeadline) {
        this.transport = transport;
        this.clock = clock;
        this.pauses = pauses;
        this.policy = policy;
        this.totalDeadline = totalDeadline;
    }

    /** One call that answers JSON. */
    <T> T json(ApiRequest request, RequestOptions options, Function<JsonNode, T> reader) {
        return json(keyed(request, options), scope(options), reader);
    }

    /** One call of several that share a scope. */
    <T> T json(ApiRequest request, CallScope scope, Function<JsonNode, T> reader) {
        return transport.exchange(request.within(scope), answer -> Json.read(answer, reader));
    }

    /** A call with a reader of its own. */
    <T> T exchange(ApiRequest request, CallScope scope, Transport.AnswerReader<T> reader) {
        return transport.exchange(request.within(scope), reader);
    }

    CallScope scope(RequestOptions options) {
        return CallScope.start(clock, options, totalDeadline);
    }

    /** For helpers that last as long as what they follow. */
    CallScope openEndedScope(RequestOptions options, String doing) {
        return CallScope.start(clock, options, null, doing);
    }

    /** The default limit of one call within an open-ended scope. */
    CallScope oneCall(CallScope scope) {
        return scope.part(totalDeadline);
    }

    Pauses pauses() {
        return pauses;
    }

    RetryPolicy policy() {
        return policy;
    }

    /** The request with its idempotency key, which then is the same on every try. */
    static ApiRequest keyed(ApiRequest request, RequestOptions options) {
        if (!request.changing()) {
            return request;
        }
        String key = options.idempotencyKey();
        if (key == null) {
            return request.withHeader("Idempotency-Key", UUID.randomUUID().toString());
        }
        if (!VISIBLE.matcher(key).matches()) {
            throw new ValidationException(ApiFailure.local(
                    "Could not " + request.doing()
                            + ": the idempotency key must be 1 to 255 visible ASCII characters. Nothing was sent.",
                    false));
        }
        return request.withHeader("Idempotency-Key", key);
    }
}
