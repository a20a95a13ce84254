package io.jenkins.plugins.dedalus.proxy.viewer;

import io.jenkins.plugins.dedalus.proxy.spi.Directory;
import io.jenkins.plugins.dedalus.proxy.spi.Route;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/** How a request came: by which scheme, from whom, for which preview. A front proxy that is trusted may say it. */
public final class Arrival {
    private final ViewerConnection connection;
    private final HttpServerRequest request;

    public Arrival(ViewerConnection connection, HttpServerRequest request) {
        this.connection = connection;
        this.request = request;
    }

    public Optional<Route> lookup(Directory directory, String host) {
        if (!connection.trusted()) {
            return directory.find(host);
        }
        List<String> changes = request.headers().getAll("X-PR-Number");
        List<String> repositories = request.headers().getAll("X-PR-Repository");
        if (changes.size() > 1 || repositories.size() > 1) {
            // One may be the viewer's: a proxy that appends instead of setting says nothing that can be believed.
            return Optional.empty();
        }
        return changes.isEmpty()
                ? directory.find(host)
                : directory.lookupChange(repositories.isEmpty() ? null : repositories.get(0), changes.get(0));
    }

    public String scheme() {
        if (connection.tls()) {
            return "https";
        }
        boolean said = connection.trusted() && "https".equalsIgnoreCase(request.getHeader("X-Forwarded-Proto"));
        return said ? "https" : "http";
    }

    public String address(TrustedProxies proxies) {
        if (!connection.trusted() || !request.headers().contains("X-Forwarded-For")) {
            return connection.peer();
        }
        return proxies.viewer(
                connection.peer(), String.join(",", request.headers().getAll("X-Forwarded-For")));
    }
}
