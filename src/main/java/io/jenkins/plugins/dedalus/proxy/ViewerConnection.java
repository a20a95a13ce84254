package io.jenkins.plugins.dedalus.proxy;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;

/** One viewer's connection: who it is, and since when it does nothing. */
final class ViewerConnection {
    private final HttpConnection connection;
    private final String peer;
    private final boolean trusted;
    private int active;
    private boolean used;
    private long idleSince;

    ViewerConnection(HttpConnection connection, TrustedProxies trustedProxies, long now) {
        this.connection = connection;
        SocketAddress remote = connection.remoteAddress();
        String address = remote == null ? null : remote.hostAddress();
        this.peer = address == null ? "unknown" : address;
        this.trusted = trustedProxies.trusts(peer);
        this.idleSince = now;
    }

    String peer() {
        return peer;
    }

    boolean trusted() {
        return trusted;
    }

    boolean tls() {
        return connection.isSsl();
    }

    void began() {
        active++;
        used = true;
    }

    void ended(long now) {
        active--;
        idleSince = now;
    }

    /** Closes the connection if it has been without a request for too long: slow heads and forgotten keep-alives. */
    void closeIfIdle(long now, long keepAliveNanos, long headNanos) {
        if (active == 0 && now - idleSince > (used ? keepAliveNanos : headNanos)) {
            connection.close();
        }
    }
}
