package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.CallScope;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Transport;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.error.ConflictException;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.NotFoundException;
import io.jenkins.plugins.dedalus.client.error.PermissionException;
import io.jenkins.plugins.dedalus.client.error.PreviewsNotOfferedException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Finds out whether the API gives ports a URL, by asking for the previews of a machine that can't exist: a route that is
 * there answers about the machine, with a code of the API's own. What was learned is remembered, a no for a while only:
 * services get updated. Thread-safe.
 */
final class PreviewsOffer {

    static final String NO_MACHINE = "dm-00000000-0000-7000-8000-000000000000";
    private static final List<String> RESOURCES = List.of("previews", "ports");
    private static final long NO_LASTS_NANOS = Duration.ofMinutes(10).toNanos();

    private record Learned(boolean offered, long at) {}

    private final Transport transport;
    private final LongSupplier nanoTime;
    private final AtomicReference<Learned> learned = new AtomicReference<>();

    /**
     * @param transport what sends a path as it is
     * @param nanoTime as {@link System#nanoTime}
     */
    PreviewsOffer(Transport transport, LongSupplier nanoTime) {
        this.transport = transport;
        this.nanoTime = nanoTime;
    }

    /** Throws {@link PreviewsNotOfferedException}, or another {@link DedalusException} where there is no telling. */
    void require(CallScope scope) {
        Learned known = learned.get();
        if (known == null || !known.offered() && nanoTime.getAsLong() - known.at() > NO_LASTS_NANOS) {
            known = new Learned(ask(scope), nanoTime.getAsLong());
            learned.set(known);
        }
        if (!known.offered()) {
            throw new PreviewsNotOfferedException();
        }
    }

    private boolean ask(CallScope scope) {
        for (String resource : RESOURCES) {
            if (isThere(resource, scope)) {
                return true;
            }
        }
        // Where nothing at all is found the address is wrong, and that is what has to be said.
        ApiRequest machines = ApiRequest.of("GET", "list machines", "v1", "machines")
                .withQuery("limit", 1)
                .within(scope);
        transport.exchange(machines, answer -> Json.read(answer, node -> Wire.page(node, Wire::machine)));
        return false;
    }

    private boolean isThere(String resource, CallScope scope) {
        ApiRequest request = ApiRequest.of(
                        "GET", "ask whether the API offers " + resource, "v1", "machines", NO_MACHINE, resource)
                .within(scope);
        try {
            return transport.exchange(request, answer -> true);
        } catch (NotFoundException e) {
            return e.errorCode().isPresent();
        } catch (ValidationException | ConflictException | PermissionException e) {
            // Only what is there can say no to a machine's name.
            return true;
        } catch (DedalusException e) {
            if (e.status() == 405) {
                return false;
            }
            throw e;
        }
    }
}
