package io.jenkins.plugins.dedalus.emulator.relay;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/** Connects, and joins two ends. */
final class Links {
    private Links() {}

    /** Joins two ends directly: each is the other's target. */
    static void join(End one, End other) {
        one.onDrained(other::resume);
        other.onDrained(one::resume);
        one.start(other);
        other.start(one);
    }

    static SocketChannel tuned(SocketChannel channel) throws IOException {
        if (!(channel.getLocalAddress() instanceof UnixDomainSocketAddress)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        return channel;
    }

    /** Connects without waiting; exactly one of the two is called, on the loop's thread. */
    static void connect(
            Loop loop, SocketAddress address, Consumer<SocketChannel> connected, Consumer<IOException> failed) {
        SocketChannel channel = null;
        try {
            channel = address instanceof UnixDomainSocketAddress
                    ? SocketChannel.open(StandardProtocolFamily.UNIX)
                    : SocketChannel.open();
            channel.configureBlocking(false);
            if (channel.connect(address)) {
                connected.accept(tuned(channel));
                return;
            }
            SocketChannel connecting = channel;
            loop.register(channel, SelectionKey.OP_CONNECT, new Loop.Handler() {
                @Override
                public void ready(SelectionKey key) throws IOException {
                    if (connecting.finishConnect()) {
                        key.interestOps(0);
                        connected.accept(tuned(connecting));
                    }
                }

                @Override
                public void broken(IOException failure) {
                    close(connecting);
                    failed.accept(failure);
                }
            });
        } catch (IOException e) {
            close(channel);
            failed.accept(e);
        }
    }

    static void close(SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException("A socket could not be closed: " + e.getMessage(), e);
            }
        }
    }
}
