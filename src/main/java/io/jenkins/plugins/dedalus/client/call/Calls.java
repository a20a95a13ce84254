package io.jenkins.plugins.dedalus.client.call;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.MalformedResponseException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.Page;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** What the API classes share: options become a scope and an idempotency key, answers become values. */
public final class Calls {

    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private static final int FULL_PAGE = 100;
    private static final int MAX_PAGES = 10_000;

    private final Transport transport;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Duration totalDeadline;
    private final boolean retried;

    public Calls(Transport transport, Clock clock, LongSupplier nanoTime, Duration totalDeadline, boolean retried) {
        this.transport = transport;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.totalDeadline = totalDeadline;
        this.retried = retried;
    }

    /** The same calls, each tried once. */
    public Calls unretried() {
        return new Calls(transport, clock, nanoTime, totalDeadline, false);
    }

    /** One call that answers JSON. */
    public <T> T json(ApiRequest request, RequestOptions options, Function<JsonNode, T> reader) {
        return json(keyed(request, options), scope(options), reader);
    }

    /** One call of several that share a scope. */
    public <T> T json(ApiRequest request, CallScope scope, Function<JsonNode, T> reader) {
        return transport.exchange(request.within(scope), answer -> Json.read(answer, reader));
    }

    /** One page of a list. */
    public <T> Page<T> page(ApiRequest list, String cursor, RequestOptions options, Function<JsonNode, T> reader) {
        return json(list.withQuery("cursor", cursor), options, node -> Wire.page(node, reader));
    }

    /** A whole list; the options' deadline holds for each page, for nobody knows how many there are. */
    public <T> List<T> all(ApiRequest list, RequestOptions options, Function<JsonNode, T> reader) {
        ApiRequest full = list.withQuery("limit", FULL_PAGE);
        List<T> items = new ArrayList<>();
        Set<String> cursors = new HashSet<>();
        String cursor = null;
        do {
            Page<T> page = page(full, cursor, options, reader);
            items.addAll(page.items());
            cursor = page.nextCursor();
        } while (cursor != null && cursors.add(cursor) && cursors.size() < MAX_PAGES);
        if (cursor != null) {
            throw new MalformedResponseException(ApiFailure.local(
                    "Could not " + list.doing() + ": the server's list has no end, its cursor leads in a circle.",
                    false));
        }
        return List.copyOf(items);
    }

    /** A call with a reader of its own. */
    public <T> T exchange(ApiRequest request, CallScope scope, Transport.AnswerReader<T> reader) {
        return transport.exchange(request.within(scope), reader);
    }

    public CallScope scope(RequestOptions options) {
        return CallScope.start(nanoTime, options, totalDeadline, retried);
    }

    /** The request with its idempotency key, which then is the same on every try. */
    public ApiRequest keyed(ApiRequest request, RequestOptions options) {
        if (!request.changing()) {
            return request;
        }
        String key = options.idempotencyKey();
        if (key == null) {
            return request.withHeader("Idempotency-Key", IdempotencyKeys.next(clock.instant()));
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
