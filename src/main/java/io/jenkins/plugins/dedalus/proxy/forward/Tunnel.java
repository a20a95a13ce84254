package io.jenkins.plugins.dedalus.proxy.forward;

import io.jenkins.plugins.dedalus.proxy.io.ExpectedFailures;
import io.jenkins.plugins.dedalus.proxy.io.FrameTracker;
import io.jenkins.plugins.dedalus.proxy.upstream.UpstreamRequests;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.NetSocket;
import java.time.Duration;

/**
 * An upgraded connection: bytes both ways, each way paused while the other end is slow. When the router stops, both ends
 * get a WebSocket close frame 1001 between two frames of their peer.
 */
final class Tunnel {
    /** FIN, close, two bytes: 1001 "going away". Servers don't mask. */
    private static final byte[] CLOSE_TO_VIEWER = {(byte) 0x88, 2, 0x03, (byte) 0xe9};
    /** The same masked with four zero bytes, as clients must. */
    private static final byte[] CLOSE_TO_UPSTREAM = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe9};

    /** How often an event loop turns without a byte before a source that closed is taken to be empty. */
    private static final int QUIET_TURNS = 3;

    private static final Duration LINGER = Duration.ofSeconds(1);

    private final Exchange exchange;
    private final DataPlane plane;
    private final NetSocket viewer;
    private final NetSocket upstream;
    private final HttpClientRequest upstreamRequest;
    private final Interest interest;
    private final TunnelSide toViewer;
    private final TunnelSide toUpstream;
    private long overdueSince;
    private boolean closed;

    Tunnel(
            Exchange exchange,
            DataPlane plane,
            NetSocket viewer,
            HttpClientResponse response,
            HttpClientRequest upstreamRequest) {
        this.exchange = exchange;
        this.plane = plane;
        this.viewer = viewer;
        this.upstream = response.netSocket();
        this.upstreamRequest = upstreamRequest;
        this.interest = new Interest(exchange, plane);
        this.toViewer = new TunnelSide(upstream, viewer, CLOSE_TO_VIEWER, plane, this::lingerThenClose);
        this.toUpstream = new TunnelSide(viewer, upstream, CLOSE_TO_UPSTREAM, plane, () -> {});
    }

    void begin() {
        viewer.exceptionHandler(ExpectedFailures::ignoreOrLog);
        upstream.exceptionHandler(e -> {
            ExpectedFailures.ignoreOrLog(e);
            // Vert.x tells of a reset here and says nothing more afterwards.
            toViewer.sourceClosed(this::close);
        });
        viewer.closeHandler(v -> toUpstream.sourceClosed(this::close));
        upstream.closeHandler(v -> toViewer.sourceClosed(this::close));
        viewer.handler(toUpstream);
        upstream.handler(toViewer);
        viewer.resume();
        upstream.resume();
    }

    /** Says good-bye with 1001 as soon as each side is between two frames. */
    void goAway() {
        toViewer.goAway();
        toUpstream.goAway();
    }

    /** Looks at the idle limit, and at whether the machine may have been frozen: it owes the viewer an answer. */
    void check(long now) {
        // Both are asked: each forgets what it said.
        boolean byApp = toViewer.said();
        boolean byViewer = toUpstream.said();
        if (byApp || byViewer) {
            interest.felt();
        }
        interest.check(now);
        if (toUpstream.messages() - toViewer.touched() > 0 && now - toUpstream.messages() > plane.doubtNanos()) {
            plane.makeSure(exchange.route());
        }
        long asked = toUpstream.touched();
        long limit = plane.idleNanos(exchange.route());
        if (limit > 0 && now - Math.max(asked, toViewer.touched()) > limit) {
            if (overdueSince == 0) {
                overdueSince = now;
                goAway();
            } else if (now - overdueSince > LINGER.toNanos()) {
                // A peer that stopped in the middle of a frame never gets to the end of it.
                abort();
            }
        }
    }

    private void lingerThenClose() {
        plane.setTimer(LINGER, this::close);
    }

    /** Closes both ends once what was written is out. */
    private void close() {
        if (!closed) {
            ended();
            viewer.end();
            upstream.close();
            exchange.reply().forwarded(101, toViewer.bytes());
        }
    }

    /** Cuts both ends. */
    void abort() {
        if (!closed) {
            ended();
            viewer.close();
            UpstreamRequests.drop(upstreamRequest);
            exchange.reply().forwarded(101, toViewer.bytes());
        }
    }

    private void ended() {
        closed = true;
        plane.closed(this);
    }

    /** One direction of a tunnel. */
    private static final class TunnelSide implements io.vertx.core.Handler<Buffer> {
        private final NetSocket source;
        private final NetSocket sink;
        private final byte[] farewell;
        private final DataPlane plane;
        private final Runnable parted;
        private final FrameTracker frames = new FrameTracker();
        private Runnable afterwards;
        private long bytes;
        private long touched;
        private boolean leaving;
        private boolean left;
        private boolean full;
        private boolean said;
        private long messages;

        TunnelSide(NetSocket source, NetSocket sink, byte[] farewell, DataPlane plane, Runnable parted) {
            this.source = source;
            this.sink = sink;
            this.farewell = farewell;
            this.plane = plane;
            this.parted = parted;
            this.touched = plane.coarseNow();
            this.messages = touched;
        }

        @Override
        public void handle(Buffer buffer) {
            if (left) {
                return;
            }
            touched = plane.coarseNow();
            int boundary = frames.follow(buffer);
            if (frames.message()) {
                said = true;
                messages = touched;
            }
            if (leaving && boundary >= 0) {
                write(buffer.slice(0, boundary));
                sayFarewell();
            } else {
                write(buffer);
            }
        }

        private void write(Buffer buffer) {
            bytes += buffer.length();
            sink.write(buffer);
            if (sink.writeQueueFull() && !full) {
                full = true;
                source.pause();
                sink.drainHandler(v -> drained());
            }
        }

        private void drained() {
            full = false;
            source.resume();
            if (afterwards != null) {
                endIfEmpty();
            }
        }

        /** The source is closed: what it still holds goes out first. */
        void sourceClosed(Runnable then) {
            afterwards = then;
            endIfEmpty();
        }

        /** A resumed source hands out what it holds in tasks of its own; the end waits until some turns brought nothing. */
        private void endIfEmpty() {
            endAfter(QUIET_TURNS, bytes);
        }

        private void endAfter(int turns, long seen) {
            plane.loop().runOnContext(v -> {
                if (full) {
                    return;
                }
                if (bytes != seen) {
                    endAfter(QUIET_TURNS, bytes);
                } else if (turns > 0) {
                    endAfter(turns - 1, seen);
                } else {
                    afterwards.run();
                }
            });
        }

        void goAway() {
            if (!leaving) {
                leaving = true;
                if (frames.atBoundary()) {
                    sayFarewell();
                }
            }
        }

        private void sayFarewell() {
            left = true;
            sink.write(Buffer.buffer(farewell));
            parted.run();
        }

        long bytes() {
            return bytes;
        }

        /** Whether this side said anything, pings and heart-beats apart, since this was asked last. */
        boolean said() {
            boolean lately = said;
            said = false;
            return lately;
        }

        /** When a message last came this way; nobody owes an answer to a heart-beat. */
        long messages() {
            return messages;
        }

        /** When bytes last came this way, in {@link DataPlane#coarseNow()} time. */
        long touched() {
            return touched;
        }
    }
}
