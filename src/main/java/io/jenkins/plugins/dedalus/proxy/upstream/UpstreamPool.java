package io.jenkins.plugins.dedalus.proxy.upstream;

import io.jenkins.plugins.dedalus.proxy.io.ExpectedFailures;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
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
public final class UpstreamPool {
    /** The event loop that owns the pool. */
    public interface Loop {
        /** The most bytes of an answer's head. */
        int maxHeaderBytes();

        /** The time of its last sweep, in {@link System#nanoTime()} units. */
        long coarseNow();

        /** A connection was opened. */
        void upstreamOpened();

        /** A connection was closed. */
        void upstreamClosed();
    }

    private final HttpClientAgent client;
    private final Loop loop;
    private final int mostPerUpstream;
    private final long keepNanos;
    private final int mostWaiting;
    private final Map<String, Endpoint> endpoints = new HashMap<>();

    /** @param mostWaiting requests that may wait for a connection to one upstream */
    public UpstreamPool(HttpClientAgent client, Loop loop, int mostPerUpstream, long keepNanos, int mostWaiting) {
        this.client = client;
        this.loop = loop;
        this.mostPerUpstream = mostPerUpstream;
        this.keepNanos = keepNanos;
        this.mostWaiting = mostWaiting;
    }

    /** What can be sent only once doesn't go over a connection that was idle for longer: the app may just be closing it. */
    private static final long MOMENT_NANOS = Duration.ofMillis(100).toNanos();

    /** A connection on loan: exactly one of {@link #giveBack} and {@link #discard} ends the loan. */
    public static final class Lease {
        private final HttpClientConnection connection;
        private final Endpoint endpoint;
        private long keptUntil;
        private long idleSince;
        private boolean kept;
        private boolean closed;
        private boolean discarded;
        private boolean lent = true;

        private Lease(HttpClientConnection connection, Endpoint endpoint) {
            this.connection = connection;
            this.endpoint = endpoint;
        }

        public HttpClientConnection connection() {
            return connection;
        }

        /** The connection may serve another request. */
        public void giveBack(long keepSeconds) {
            if (lent) {
                endpoint.takeBack(this, keepSeconds);
            }
        }

        /** The connection is good for nothing more. */
        public void discard() {
            lent = false;
            discarded = true;
            if (!closed) {
                connection.close();
            }
        }
    }

    /** Hands out a kept connection at once, or a new one, or one that others give back. */
    void acquire(UpstreamResolver.Target target, Handler<AsyncResult<Lease>> taker) {
        acquire(target, false, taker);
    }

    /**
     * As above.
     *
     * @param once whether what will be sent can't be sent again: then a kept connection must have been used a moment ago
     */
    public void acquire(UpstreamResolver.Target target, boolean once, Handler<AsyncResult<Lease>> taker) {
        Endpoint endpoint = endpoints.get(target.key());
        if (endpoint == null) {
            endpoint = new Endpoint(target);
            endpoints.put(target.key(), endpoint);
        }
        endpoint.acquire(once, taker);
    }

    /** Connects without counting or keeping: for tunnels, which hold a connection for good. */
    public Future<HttpClientConnection> connect(UpstreamResolver.Target target) {
        Upstream upstream = target.upstream();
        return client.connect(new HttpConnectOptions()
                        .setServer(target.address())
                        .setHost(upstream.host())
                        .setPort(upstream.port())
                        .setSsl(upstream.tls()))
                .onSuccess(connection -> AnswerGuard.install(actual(connection), loop.maxHeaderBytes()));
    }

    /** The connection behind the one that Vert.x hands out, which has a pipeline. */
    static HttpConnection actual(HttpConnection connection) {
        return connection.exceptionHandler(ExpectedFailures::ignoreOrLog);
    }

    /** Closes what has been idle for too long, and forgets upstreams that nobody uses. */
    public void sweep(long now) {
        endpoints.values().removeIf(endpoint -> endpoint.sweep(now));
    }

    /** One upstream's connections. */
    private final class Endpoint {
        private final UpstreamResolver.Target target;
        private final Deque<Lease> idle = new ArrayDeque<>();
        private final Deque<Handler<AsyncResult<Lease>>> waiting = new ArrayDeque<>();
        private int open;
        private Lease handed;
        /** The shortest time after which the app was seen to close a kept connection. */
        private long closesAfter = Long.MAX_VALUE;

        Endpoint(UpstreamResolver.Target target) {
            this.target = target;
        }

        void acquire(boolean once, Handler<AsyncResult<Lease>> taker) {
            Lease kept = once ? takeFresh() : takeKept();
            if (kept != null) {
                kept.lent = true;
                taker.handle(Future.succeededFuture(kept));
            } else if (open < mostPerUpstream) {
                open(taker);
            } else if (waiting.size() < mostWaiting) {
                waiting.add(taker);
                if (!idle.isEmpty()) {
                    // It is in the way of a new one.
                    idle.pollFirst().discard();
                }
            } else {
                taker.handle(Future.failedFuture(
                        new UpstreamBusyException(target.upstream().origin())));
            }
        }

        private Lease takeKept() {
            Lease kept = idle.pollLast();
            while (kept != null && (kept.closed || kept.keptUntil - loop.coarseNow() <= 0)) {
                kept.discard();
                kept = idle.pollLast();
            }
            return kept;
        }

        /** The one used last, unless the app may be about to close it. */
        private Lease takeFresh() {
            Lease last = idle.peekLast();
            long most = closesAfter < MOMENT_NANOS ? 0 : Math.min(MOMENT_NANOS, closesAfter / 2);
            boolean fresh = last != null && !last.closed && System.nanoTime() - last.idleSince < most;
            return fresh ? idle.pollLast() : null;
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
                loop.upstreamOpened();
                connected.result().closeHandler(v -> closed(lease));
                taker.handle(Future.succeededFuture(lease));
            });
        }

        private void closed(Lease lease) {
            lease.closed = true;
            if (lease.kept && !lease.discarded) {
                closesAfter = Math.min(closesAfter, System.nanoTime() - lease.idleSince);
            }
            open--;
            loop.upstreamClosed();
            if (!lease.lent) {
                idle.remove(lease);
            }
            next();
        }

        private void takeBack(Lease lease, long keepSeconds) {
            lease.lent = false;
            lease.kept = true;
            lease.idleSince = System.nanoTime();
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
            lease.keptUntil = loop.coarseNow() + keep;
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
