package io.jenkins.plugins.dedalus.proxy.viewer;

import io.jenkins.plugins.dedalus.proxy.io.Connections;
import io.jenkins.plugins.dedalus.proxy.io.Farewell;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;

/** One viewer's connection: who it is, since when it does nothing, and whether it will say anything more. */
public final class ViewerConnection {
    /** Whoever leaves looks for a while like one who only stopped to send. */
    private static final long GRACE_NANOS = Duration.ofSeconds(2).toNanos();

    private final HttpConnection connection;
    private final Http2Heads heads;
    private final Farewell farewell;
    private final String peer;
    private final boolean trusted;
    private int active;
    private boolean used;
    private long idleSince;
    private HttpServerRequest current;
    private Runnable onMalformed;
    private boolean inputEnded;
    private long inputEndedAt;
    private int begun;
    private int withTrailers;
    private MultiMap trailers;

    public ViewerConnection(HttpConnection connection, TrustedProxies trustedProxies, long now) {
        this.connection = connection;
        this.heads = Http2Heads.install(connection);
        this.farewell = Farewell.install(connection);
        SocketAddress remote = connection.remoteAddress();
        String address = remote == null ? null : remote.hostAddress();
        this.peer = address == null ? "unknown" : address;
        this.trusted = trustedProxies.trusts(peer);
        this.idleSince = now;
    }

    public String peer() {
        return peer;
    }

    public boolean trusted() {
        return trusted;
    }

    boolean tls() {
        return connection.isSsl();
    }

    /** Whether nothing follows this request's head, which is just being handed out. */
    public boolean endsWithHead(HttpServerRequest request) {
        return heads != null && heads.isWhole(request);
    }

    /** @param malformed runs if the rest of the request can't be read */
    public void began(HttpServerRequest request, Runnable malformed) {
        active++;
        begun++;
        used = true;
        current = request;
        onMalformed = malformed;
    }

    public void ended(long now) {
        active--;
        idleSince = now;
        if (active == 0) {
            current = null;
            if (inputEnded) {
                connection.close();
            }
        }
    }

    /** The fields behind a request's body, which has ended; null for none. */
    public MultiMap trailers(HttpServerRequest request) {
        if (heads != null) {
            return heads.trailers(request);
        }
        return withTrailers == begun ? trailers : null;
    }

    /**
     * Fields came behind an HTTP/1 body.
     *
     * @param number which request of this connection they belong to, from 1; another than the current one if the viewer sends
     *     several at once: of those only the last one's are kept
     */
    void cameWithTrailers(int number, MultiMap fields) {
        withTrailers = number;
        trailers = fields;
    }

    /** The connection carries no HTTP any more. */
    public void upgraded() {
        current = null;
    }

    /**
     * The viewer sends nothing more.
     *
     * @return whether it may still wait for the answer to a request that it sent whole
     */
    boolean inputEnded() {
        inputEnded = true;
        inputEndedAt = System.nanoTime();
        return current != null && current.isEnded();
    }

    /** What came last can't be read, nor anything behind it. */
    void malformed() {
        if (current != null && !current.isEnded()) {
            onMalformed.run();
        } else if (current != null) {
            // The request behind the one that is being answered: the answer comes first.
            inputEnded();
        } else {
            connection.close();
        }
    }

    /** The time for good-byes is over. */
    public void cut() {
        if (farewell != null) {
            farewell.cut();
        }
    }

    private boolean saidItIsTheLast() {
        return current != null
                && (current.version() == HttpVersion.HTTP_1_0 || Connections.lists(current.headers(), "close"));
    }

    /** Closes the connection if it has been without a request for too long: slow heads and forgotten keep-alives. */
    public void closeIfIdle(long now, long keepAliveNanos, long headNanos) {
        if (inputEnded && active > 0 && !saidItIsTheLast() && now - inputEndedAt > GRACE_NANOS) {
            connection.close();
        }
        if (active == 0 && now - idleSince > (used ? keepAliveNanos : headNanos)) {
            connection.close();
        }
    }
}
