package io.jenkins.plugins.dedalus.client.transport;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Priority;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.RateLimitException;
import io.jenkins.plugins.dedalus.client.error.Sentences;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Keeps the pauses that the API asks for with 429: a refused call holds up all polls of this client and all calls of its
 * own kind, which fail at once and hear when to come again. Nothing says which other calls are limited too, so the first of
 * each other kind that somebody waits for is still sent, and finds out.
 */
public final class GatedTransport implements Transport {

    private static final int FIRST_ID = 2;

    private final Transport next;
    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private final RateGate polls;
    private final Map<String, RateGate> kinds = new ConcurrentHashMap<>();

    public GatedTransport(Transport next, LongSupplier nanoTime, DoubleSupplier random) {
        this.next = next;
        this.nanoTime = nanoTime;
        this.random = random;
        this.polls = new RateGate(nanoTime, random, true);
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        RateGate gate = gate(request);
        Duration wait = gate.delay();
        if (!wait.isZero()) {
            throw pausing(request, wait);
        }
        try {
            return next.exchange(request, reader);
        } catch (RateLimitException e) {
            if (!e.concernsOthers() || e.retryAfter().isEmpty()) {
                throw e;
            }
            Duration asked = e.retryAfter().get();
            polls.close(asked);
            gate.close(asked);
            Duration spread = gate.delay();
            throw spread.compareTo(asked) > 0 ? e.waiting(spread) : e;
        }
    }

    private RateGate gate(ApiRequest request) {
        return request.scope().priority() == Priority.BACKGROUND
                ? polls
                : kinds.computeIfAbsent(kind(request), kind -> new RateGate(nanoTime, random, false));
    }

    /** The method and the route, without ids. */
    private static String kind(ApiRequest request) {
        List<String> route = new ArrayList<>(request.path());
        for (int i = FIRST_ID; i < route.size(); i += 2) {
            route.set(i, "*");
        }
        return request.method() + " " + String.join("/", route);
    }

    private static RateLimitException pausing(ApiRequest request, Duration wait) {
        String sentence = "Could not " + request.doing() + ": Dedalus limits the calls of this API key for another "
                + Sentences.duration(wait) + ". Nothing was sent. Try again then, and look for other users of this API"
                + " key.";
        return new RateLimitException(new ApiFailure(sentence, 429, "RATE_LIMITED", null, wait, true), null);
    }
}
