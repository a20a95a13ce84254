package io.jenkins.plugins.dedalus.client;

import io.jenkins.plugins.dedalus.client.call.ApiRequest;
import io.jenkins.plugins.dedalus.client.call.Calls;
import io.jenkins.plugins.dedalus.client.call.Json;
import io.jenkins.plugins.dedalus.client.call.Paths;
import io.jenkins.plugins.dedalus.client.call.RequestOptions;
import io.jenkins.plugins.dedalus.client.call.Wire;
import io.jenkins.plugins.dedalus.client.error.ApiFailure;
import io.jenkins.plugins.dedalus.client.error.DedalusException;
import io.jenkins.plugins.dedalus.client.error.PreviewsNotOfferedException;
import io.jenkins.plugins.dedalus.client.error.ValidationException;
import io.jenkins.plugins.dedalus.client.model.PreviewUrl;
import io.jenkins.plugins.dedalus.client.model.PreviewUrlCreate;
import io.jenkins.plugins.dedalus.client.transport.PortsTransport;
import java.util.ArrayList;
import java.util.List;

/**
 * Previews: ports of a machine with a URL. Generation 3 calls them ports; the client finds out which the server speaks.
 * All calls block and throw {@link DedalusException}.
 */
public final class PreviewsApi {

    private final Calls calls;
    private final PreviewsOffer offer;

    PreviewsApi(Calls calls, PreviewsOffer offer) {
        this.calls = calls;
        this.offer = offer;
    }

    /**
     * Makes sure that the API has previews or ports at all. Asks with one cheap call or a few, and remembers the answer.
     *
     * @throws PreviewsNotOfferedException when it has neither
     */
    public void requireOffered(RequestOptions options) {
        offer.require(calls.scope(options));
    }

    /**
     * Exposes a port.
     *
     * @return the preview; its URL is there once it is ready, which can take tens of seconds
     */
    public PreviewUrl create(String machineId, PreviewUrlCreate create, RequestOptions options) {
        if (create.port() < 1 || create.port() > 65_535) {
            throw new ValidationException(ApiFailure.local(
                    "Could not expose port " + create.port() + " of machine " + Paths.machineId(machineId)
                            + ": a port is 1 to 65535. Nothing was sent.",
                    false));
        }
        ApiRequest request = request("POST", "expose port " + create.port() + " of machine ", machineId)
                .withBody(Json.tree(create));
        return calls.json(request, options, Wire::preview);
    }

    /** Reads one preview. */
    public PreviewUrl get(String machineId, String previewId, RequestOptions options) {
        ApiRequest request =
                request("GET", "read preview " + Paths.previewId(previewId) + " of machine ", machineId, previewId);
        return calls.json(request, options, Wire::preview);
    }

    /** Reads all previews of a machine. The deadline holds for each page. */
    public List<PreviewUrl> list(String machineId, RequestOptions options) {
        return calls.all(request("GET", "list the previews of machine ", machineId), options, Wire::preview);
    }

    /** Closes a preview. */
    public PreviewUrl delete(String machineId, String previewId, RequestOptions options) {
        ApiRequest request = request(
                "DELETE", "delete preview " + Paths.previewId(previewId) + " of machine ", machineId, previewId);
        return calls.json(request, options, Wire::preview);
    }

    private static ApiRequest request(String method, String doing, String machineId, String... below) {
        List<String> path =
                new ArrayList<>(List.of("v1", "machines", Paths.machineId(machineId), PortsTransport.PREVIEWS));
        path.addAll(List.of(below));
        return ApiRequest.of(method, doing + machineId, path.toArray(String[]::new));
    }
}
