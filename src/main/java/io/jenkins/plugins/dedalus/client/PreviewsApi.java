package io.jenkins.plugins.dedalus.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Previews: ports of a machine with a URL. Generation 3 calls them ports; the client finds out which the server speaks.
 * All calls block and throw {@link DedalusException}.
 */
public final class PreviewsApi {

    private final Calls calls;

    PreviewsApi(Calls calls) {
        this.calls = calls;
    }

    /**
     * Exposes a port.
     *
     * @return the preview; its URL is there once it is ready, which can take tens of seconds
     */
    public Preview create(String machineId, PreviewCreate create, RequestOptions options) {
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
    public Preview get(String machineId, String previewId, RequestOptions options) {
        ApiRequest request =
                request("GET", "read preview " + Paths.previewId(previewId) + " of machine ", machineId, previewId);
        return calls.json(request, options, Wire::preview);
    }

    /** Reads all previews of a machine. */
    public List<Preview> list(String machineId, RequestOptions options) {
        ApiRequest request = request("GET", "list the previews of machine ", machineId);
        return calls.json(request, options, node -> Wire.page(node, Wire::preview))
                .items();
    }

    /** Closes a preview. */
    public Preview delete(String machineId, String previewId, RequestOptions options) {
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
