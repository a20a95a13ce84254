package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One event loop's kept connections to upstreams. Simpler and quicker than a pool that threads share: the most recently used
 * connection is taken first, a cap per upstream queues what is more, up to a point, and nothing is locked.
 */
final class UpstreamPool {
    private final HttpClientAgent client;
    private final DataPlane plane;
    private final int mostPerUpstream;
    private final long keepNanos;
    private final int mostWaiting;
    private final Map<String, Endpoint> endpoints = new HashMap<>();

    /** @param mostWaiting requests that may wait for a connection to one upstream */
    UpstreamPool(HttpClientAgent client, DataPlane plane, int mostPerUpstream, long keepNanos, int mostWaiting) {
        this.client = client;
        this.plane = plane;
        this.mostPerUpstream = mostPerUpstream;
        this.keepNanos = keepNanos;
        this.mostWaiting = mostWaiting;
    }

    /** A connection on loan: exactly one of {@link #giveBack} and {@link #discard} ends the loan. */
    static final class Lease {
        private final HttpClientConnection connection;
        private final Endpoint endpoint;
        private long keptUntil;
        private boolean closed;
        private boolean discarded;
        private boolean lent = true;

        private Lease(HttpClientConnection connection, Endpoint endpoint) {
            this.connection = connection;
            this.endpoint = endpoint;
        }

        HttpClientConnection connection() {
            return connection;
        }

        /** The connection may serve another request. */
        void giveBack(long keepSeconds) {
            if (lent) {
                endpoint.takeBack(this, keepSeconds);
            }
        }

        /** The connection is good for nothing more. */
        void discard() {
            lent = false;
            discarded = true;
            if (!closed) {
                connection.close();
            }
        }
    }

    /** Hands out a kept connection at once, or a new one, or one that others give back. */
    void acquire(UpstreamResolver.Target target, Handler<AsyncResult<Lease>> taker) {
        Endpoint endpoint = endpoints.get(target.key());
        if (endpoint == null) {
            endpoint = new Endpoint(target);
            endpoints.put(target.key(), endpoint);
        }
        endpoint.acquire(taker);
    }

    /** Connects without counting or keeping: for tunnels, which hold a connection for good. */
    Future<HttpClientConnection> connect(UpstreamResolver.Target target) {
        Upstream upstream = target.upstream();
        return client.connect(new HttpConnectOptions()
                .setServer(target.address())
                .setHost(upstream.host())
                .setPort(upstream.port())
                .setSsl(upstream.tls()));
    }

    /** Closes what has been idle for too long, and forgets upstreams that nobody uses. */
    void sweep(long now) {
        endpoints.values().removeIf(endpoint -> endpoint.sweep(now));
    }

    /** One upstream's connections. */
    private final class Endpoint {
        private final UpstreamResolver.Target target;
        private final Deque<Lease> idle = new ArrayDeque<>();
        private final Deque<Handler<AsyncResult<Lease>>> waiting = new ArrayDeque<>();
        private int open;
        private Lease handed;

        Endpoint(UpstreamResolver.Target target) {
            this.target = target;
        }

        void acquire(Handler<AsyncResult<Lease>> taker) {
            Lease kept = idle.pollLast();
            while (kept != null) {
                if (!kept.closed && kept.keptUntil - plane.coarseNow() > 0) {
                    kept.lent = true;
                    taker.handle(Future.succeededFuture(kept));
                    return;
                }
                kept.discard();
                kept = idle.pollLast();
            }
            if (open < mostPerUpstream) {
                open(taker);
            } else if (waiting.size() < mostWaiting) {
                waiting.add(taker);
            } else {
                taker.handle(Future.failedFuture(
                        new UpstreamBusyException(target.upstream().origin())));
            }
        }

        private void open(Handler<AsyncResult<Lease>> taker) {
            open++;
            connect(target).onComplete(connected -> {
                if (connected.failed()) {
                    open--;
                    taker.handle(Future.failedFuture(connected.cause()));
                    next();
                    return;
                }
                Lease lease = new Lease(connected.result(), this);
                plane.upstreamOpened();
                connected.result().exceptionHandler(Noise::ignoreOrLog);
                connected.result().closeHandler(v -> closed(lease));
                taker.handle(Future.succeededFuture(lease));
            });
        }

        private void closed(Lease lease) {
            lease.closed = true;
            open--;
            plane.upstreamClosed();
            if (!lease.lent) {
                idle.remove(lease);
            }
            next();
        }

        private void takeBack(Lease lease, long keepSeconds) {
            lease.lent = false;
            if (lease.closed || lease == handed) {
                return;
            }
            Handler<AsyncResult<Lease>> taker = waiting.poll();
            while (taker != null) {
                // Who has left meanwhile gives it back at once: then it is the next one's turn, in this loop and not
                // within.
                lease.lent = true;
                handed = lease;
                taker.handle(Future.succeededFuture(lease));
                handed = null;
                if (lease.lent || lease.closed || lease.discarded) {
                    return;
                }
                taker = waiting.poll();
            }
            long keep = keepSeconds < 0 ? keepNanos : Math.min(keepNanos, keepSeconds * 1_000_000_000L);
            lease.keptUntil = plane.coarseNow() + keep;
            idle.addLast(lease);
        }

        private void next() {
            if (open < mostPerUpstream) {
                Handler<AsyncResult<Lease>> taker = waiting.poll();
                if (taker != null) {
                    open(taker);
                }
            }
        }

        private boolean sweep(long now) {
            if (!idle.isEmpty() && idle.peekFirst().keptUntil - now <= 0) {
                List<Lease> late = new ArrayList<>();
                for (Lease lease : idle) {
                    if (lease.keptUntil - now <= 0) {
                        late.add(lease);
                    }
                }
                late.forEach(Lease::discard);
                idle.removeAll(late);
            }
            return open == 0 && waiting.isEmpty();
        }
    }
}
