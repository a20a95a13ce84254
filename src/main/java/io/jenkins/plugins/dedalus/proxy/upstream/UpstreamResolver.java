package io.jenkins.plugins.dedalus.proxy.upstream;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Turns a route's upstream into the socket address to connect to, checked by {@link UpstreamPolicy}, and remembers it for a
 * while. Belongs to one event loop; look-ups that may block run on Vert.x' worker pool.
 */
public final class UpstreamResolver {
    /** Resolves names; blocks. */
    @FunctionalInterface
    public interface Names {
        /** The system's resolver. */
        Names SYSTEM = host -> List.of(InetAddress.getAllByName(host));

        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    /**
     * A checked upstream and the checked address to connect to.
     *
     * @param key names this upstream at this address
     */
    public record Target(Upstream upstream, SocketAddress address, String key, long validUntil) {}

    private static final Logger LOG = Logger.getLogger(UpstreamResolver.class.getName());
    private static final long TTL_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long STALE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int MOST_TARGETS = 10_000;

    private final Vertx vertx;
    private final UpstreamPolicy policy;
    private final Names names;
    private final Map<URI, Target> targets = new HashMap<>();
    private final Map<URI, Future<Target>> lookUps = new HashMap<>();

    public UpstreamResolver(Vertx vertx, UpstreamPolicy policy, Names names) {
        this.vertx = vertx;
        this.policy = policy;
        this.names = names;
    }

    /**
     * The target if it is known, else null: then ask {@link #resolve}. One that is no longer fresh still serves while it is
     * looked up again, for it was checked as well.
     */
    public Target cached(URI uri) {
        Target target = targets.get(uri);
        if (target == null) {
            return null;
        }
        long late = System.nanoTime() - target.validUntil;
        if (late < 0) {
            return target;
        }
        if (late > STALE_NANOS) {
            targets.remove(uri);
            return null;
        }
        if (!lookUps.containsKey(uri)) {
            resolve(uri).onFailure(e -> LOG.log(Level.FINE, "An upstream could not be looked up again.", e));
        }
        return target;
    }

    /** Checks an address' text only; throws {@link UpstreamForbiddenException}. */
    public void allow(URI uri) {
        policy.check(uri);
    }

    /**
     * Checks and resolves; who asks while a look-up is under way shares it. Fails with {@link UpstreamForbiddenException} or
     * {@link UnknownHostException}.
     */
    public Future<Target> resolve(URI uri) {
        Future<Target> underWay = lookUps.get(uri);
        if (underWay != null) {
            return underWay;
        }
        Future<Target> lookUp = lookUp(uri);
        if (!lookUp.isComplete()) {
            lookUps.put(uri, lookUp);
            lookUp.onComplete(done -> {
                lookUps.remove(uri);
                if (done.cause() instanceof UpstreamForbiddenException) {
                    targets.remove(uri);
                }
            });
        }
        return lookUp;
    }

    private Future<Target> lookUp(URI uri) {
        Upstream upstream;
        try {
            upstream = policy.check(uri);
        } catch (UpstreamForbiddenException e) {
            return Future.failedFuture(e);
        }
        if (NetUtil.isValidIpV4Address(upstream.host()) || NetUtil.isValidIpV6Address(upstream.host())) {
            return remember(uri, upstream, List.of(NetUtil.createInetAddressFromIpAddressString(upstream.host())));
        }
        if (upstream.loopback()) {
            // RFC 6761: names below localhost are loopback without asking anybody.
            return remember(uri, upstream, List.of(InetAddress.getLoopbackAddress()));
        }
        return vertx.executeBlocking(() -> names.resolve(upstream.host()), false)
                .compose(addresses -> remember(uri, upstream, addresses));
    }

    /** Forgets an address that could not be connected to. */
    public void forget(URI uri) {
        targets.remove(uri);
    }

    private Future<Target> remember(URI uri, Upstream upstream, List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            // One bad address among good ones is how rebinding looks: refuse them all.
            if (!policy.allows(upstream, address)) {
                return Future.failedFuture(new UpstreamForbiddenException("The upstream " + upstream.host()
                        + " resolves to " + address.getHostAddress() + ", which is not a public address."));
            }
        }
        if (addresses.isEmpty()) {
            return Future.failedFuture(new UnknownHostException(upstream.host()));
        }
        SocketAddress address = SocketAddress.inetSocketAddress(
                upstream.port(), addresses.get(0).getHostAddress());
        String key = upstream.origin() + ' ' + address.host();
        Target target = new Target(upstream, address, key, System.nanoTime() + TTL_NANOS);
        if (targets.size() >= MOST_TARGETS) {
            targets.clear();
        }
        targets.put(uri, target);
        return Future.succeededFuture(target);
    }
}
