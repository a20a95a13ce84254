package io.jenkins.plugins.dedalus.proxy.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a request's preview is looked up. Called on event loops for every request: answers come from memory, at once, and
 * never throw. A directory refreshes itself in the background and hands out its last known list meanwhile.
 */
public interface Directory {
    /**
     * The route of exactly this host.
     *
     * @param host lower case, without port or trailing dot
     */
    Optional<Route> lookup(String host);

    /**
     * The route of this host, or else of the preview that it is below: of {@code pr-1.previews.example.net} for {@code
     * tenant.pr-1.previews.example.net}. A host that is some preview's own is never another one's. Not {@code
     * tenant--pr-1.previews.example.net}: another preview's port can have had such a host, and would leave it to this one.
     *
     * @param host lower case, without port or trailing dot
     * @return a route of exactly this host, so that what is bound to a host (a sign-in, a cookie) is bound to this one
     */
    default Optional<Route> find(String host) {
        Optional<Route> own = lookup(host);
        return own.isPresent()
                ? own
                : Hosts.above(host)
                        .flatMap(above -> lookup(above).stream())
                        .findFirst()
                        .map(route -> route.below(host));
    }

    /**
     * The route that a trusted front proxy names by change request ({@code X-PR-Number}). The data plane calls this only
     * for peers in {@link ProxySettings#trustedProxies()}; from anyone else the header is dropped.
     *
     * @param repository the repository, or null when the front proxy serves one only
     * @param changeId the change request's number as text
     * @return empty also when the number alone is ambiguous
     */
    default Optional<Route> lookupChange(String repository, String changeId) {
        return Optional.empty();
    }

    /** The route that is meant where several fit: the only open one, else the only one; empty if that is not clear. */
    static Optional<Route> meant(List<Route> fits) {
        List<Route> open = fits.stream().filter(Route::open).toList();
        List<Route> left = open.isEmpty() ? fits : open;
        return left.size() == 1 ? Optional.of(left.get(0)) : Optional.empty();
    }

    /**
     * Whether two hosts' previews belong to the same owner: what another owner says of its own is no word about these.
     *
     * @param host one that {@link #find} finds
     * @param other another one that it finds
     */
    default boolean sameOwner(String host, String other) {
        return true;
    }

    /** Every route known now, in no particular order; an unmodifiable copy. */
    List<Route> routes();

    /** How many routes there are; cheaper than counting {@link #routes()}. */
    default int size() {
        return routes().size();
    }

    /** When this list was last known to be true. */
    Instant asOf();
}
