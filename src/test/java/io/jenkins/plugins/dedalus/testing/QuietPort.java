package io.jenkins.plugins.dedalus.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/**
 * A port of 127.0.0.1 on which nobody listens: connections are refused. It is kept, so that no other process gets it
 * meanwhile; whoever binds it with SO_REUSEADDR may listen there after all, on Linux.
 */
public final class QuietPort implements AutoCloseable {
    private final Socket bound = new Socket();

    /** Takes a free one. */
    public QuietPort() throws IOException {
        bound.setReuseAddress(true);
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Its number. */
    public int port() {
        return bound.getLocalPort();
    }

    /** An address there, without a path. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    @Override
    public void close() throws IOException {
        bound.close();
    }
}
