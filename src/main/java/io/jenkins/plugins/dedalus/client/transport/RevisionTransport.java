package io.jenkins.plugins.dedalus.client.transport;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.RevisionMismatchException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Speaks generation 1, which wants the machine's revision in If-Match, when the server shows that it does. Remembered
 * for this client; every such call then costs a read.
 */
public final class RevisionTransport implements Transport {

    private static final int TRIES = 4;
    private static final String KEY = "Idempotency-Key";

    private final Transport next;
    private final AtomicBoolean demanded = new AtomicBoolean();

    public RevisionTransport(Transport next) {
        this.next = next;
    }

    @Override
    public <T> T exchange(ApiRequest request, AnswerReader<T> reader) {
        if (request.guardedMachine() == null) {
            return next.exchange(request, reader);
        }
        ApiRequest asked = demanded.get() ? withRevision(request, 0) : request;
        for (int tries = 1; ; tries++) {
            try {
                return next.exchange(asked, reader);
            } catch (ConflictException | ValidationException e) {
                if (tries >= TRIES || !wantsRevision(e)) {
                    throw e;
                }
                ApiRequest guarded = withRevision(request, tries);
                if (!guarded.headers().containsKey("If-Match")) {
                    throw e;
                }
                demanded.set(true);
                asked = guarded;
            }
        }
    }

    /**
     * The request with the present revision. With another precondition it is another request, so it gets an idempotency
     * key of its own, derived from the caller's; the refused one changed nothing.
     */
    private ApiRequest withRevision(ApiRequest request, int refusals) {
        ApiRequest read = ApiRequest.readMachine(request.guardedMachine()).within(request.scope());
        String revision = next.exchange(read, answer -> Json.read(answer, Wire::machine))
                .status()
                .revision();
        if (revision == null || !revision.matches("[\\x20-\\x7e]+")) {
            return request;
        }
        ApiRequest guarded = request.withHeader("If-Match", revision);
        return refusals == 0
                ? guarded
                : guarded.withHeader(KEY, derivedKey(request.headers().get(KEY), refusals));
    }

    private static String derivedKey(String key, int refusals) {
        String suffix = "-if-match-" + refusals;
        int room = 255 - suffix.length();
        return (key.length() > room ? key.substring(key.length() - room) : key) + suffix;
    }

    private static boolean wantsRevision(DedalusException e) {
        if (e instanceof RevisionMismatchException || e.status() == 428) {
            return true;
        }
        return e instanceof ValidationException
                && e.getMessage().toLowerCase(Locale.ROOT).replace('_', '-').contains("if-match");
    }
}
