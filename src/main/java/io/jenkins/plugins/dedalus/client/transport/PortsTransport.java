package io.jenkins.plugins.dedalus.client.transport;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Speaks generation 3, which calls previews ports, when the server shows that it wants this: a 404 or 405 below
 * {@code /previews} makes it try {@code /ports}. What was understood is remembered for this client.
 */
public final class PortsTransport implements Transport {

    public static final String PREVIEWS = "previews";
    private static final String PORTS = "ports";
    private static final int POSITION = 3;

    private final Transport next;
    private final AtomicReference<String> understood = new AtomicReference<>();

    public PortsTransport(Transport next) {
        this.next = next;
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        List<String> path = request.path();
        if (path.size() <= POSITION || !PREVIEWS.equals(path.get(POSITION))) {
            return next.exchange(request, reader);
        }
        String known = understood.get();
        String first = known == null ? PREVIEWS : known;
        try {
            return exchangeAs(first, request, reader);
        } catch (DedalusException e) {
            if (!mayBeUnknownRoute(e, known)) {
                remember(first, e);
                throw e;
            }
            return exchangeAsOther(first.equals(PREVIEWS) ? PORTS : PREVIEWS, request, reader, e);
        }
    }

    private <T> T exchangeAsOther(
            String resource, ApiRequest request, AnswerReader<T> reader, DedalusException firstFailure) {
        try {
            return exchangeAs(resource, request, reader);
        } catch (DedalusException e) {
            if (routeMissing(e)) {
                firstFailure.addSuppressed(e);
                throw firstFailure;
            }
            remember(resource, e);
            throw e;
        }
    }

    private <T> T exchangeAs(String resource, ApiRequest request, AnswerReader<T> reader) {
        ApiRequest asked = request.withSegment(POSITION, resource);
        if (PORTS.equals(resource) && request.body() instanceof ObjectNode body) {
            ObjectNode without = body.deepCopy();
            without.remove("visibility");
            asked = asked.withBody(without);
        }
        T answer = next.exchange(asked, reader);
        understood.set(resource);
        return answer;
    }

    /** A refusal of the request's content shows that the route exists; a failure in between shows nothing. */
    private void remember(String resource, DedalusException e) {
        if (e instanceof ValidationException || e instanceof ConflictException) {
            understood.set(resource);
        }
    }

    /** Once a name was understood, only a 404 that is not the API's own makes us doubt it: servers get updated. */
    private static boolean mayBeUnknownRoute(DedalusException e, String known) {
        return routeMissing(e) && (known == null || e.errorCode().isEmpty());
    }

    private static boolean routeMissing(DedalusException e) {
        return e.status() == 404 || e.status() == 405;
    }
}
