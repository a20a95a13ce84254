package io.jenkins.plugins.dedalus.emulator.relay;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The listener of one preview URL, on 127.0.0.1. */
public final class PreviewServer implements AutoCloseable {
    private final Loop loop;
    private final PreviewGate gate;
    private final ServerSocketChannel server;
    private final Set<PreviewConnection> connections = new HashSet<>();

    private PreviewServer(Loop loop, PreviewGate gate, ServerSocketChannel server) {
        this.loop = loop;
        this.gate = gate;
        this.server = server;
    }

    /** Opens it on a port; on a free one where that is 0 or taken. */
    public static PreviewServer open(Loop loop, PreviewGate gate, int port) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try {
            channel.bind(new InetSocketAddress(loopback, port), RelayMain.BACKLOG);
        } catch (BindException e) {
            channel.bind(new InetSocketAddress(loopback, 0), RelayMain.BACKLOG);
        }
        PreviewServer opened = new PreviewServer(loop, gate, channel);
        loop.execute(opened::listen);
        return opened;
    }

    /** The port it listens on. */
    public int port() {
        return server.socket().getLocalPort();
    }

    private void listen() {
        try {
            loop.register(server, SelectionKey.OP_ACCEPT, new Loop.Handler() {
                @Override
                public void ready(SelectionKey key) throws IOException {
                    for (SocketChannel next = server.accept(); next != null; next = server.accept()) {
                        accept(next);
                    }
                }

                @Override
                public void broken(IOException failure) {
                    close();
                }
            });
        } catch (IOException e) {
            close();
        }
    }

    private void accept(SocketChannel channel) throws IOException {
        PreviewConnection[] self = new PreviewConnection[1];
        self[0] = new PreviewConnection(loop, gate, channel, () -> connections.remove(self[0]));
        connections.add(self[0]);
        self[0].start();
    }

    /** Whether a viewer waits for an answer. On the relay's thread. */
    public boolean busy() {
        boolean busy = false;
        for (PreviewConnection connection : List.copyOf(connections)) {
            busy |= connection.busy();
        }
        return busy;
    }

    /** Ends all connections to the machine; the listener stays. On the relay's thread. */
    public void cut() {
        List.copyOf(connections).forEach(PreviewConnection::cut);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException("A preview's listener could not be closed: " + e.getMessage(), e);
        }
        loop.execute(() -> List.copyOf(connections).forEach(PreviewConnection::cut));
    }
}
