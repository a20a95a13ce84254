package io.jenkins.plugins.dedalus.emulator.relay;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Runs in a machine's network namespace, entered with nsenter: listens on a Unix domain socket, which knows no network
 * namespace, and connects to the machine's ports. A connection begins with the port (2 bytes), the answer with 0
 * (connected) or 1 (refused); frames follow. It ends with its standard input, so never outlives the emulator.
 */
public final class RelayMain {
    static final byte CONNECTED = 0;
    static final byte REFUSED = 1;
    static final int BACKLOG = 4096;
    private static final String IPV4 = "127.0.0.1";
    private static final String IPV6 = "::1";

    private final Loop loop;

    private RelayMain(Loop loop) {
        this.loop = loop;
    }

    /** Takes the socket's path; prints {@code ready}. */
    public static void main(String[] args) throws IOException {
        Loop loop = new Loop("relay");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(Path.of(args[0])), BACKLOG);
        RelayMain relay = new RelayMain(loop);
        loop.execute(() -> relay.listen(server));
        PrintStream out = System.out;
        out.println("ready");
        out.flush();
        while (System.in.read() >= 0) {
            // Nothing is said there; its end is what counts.
        }
        loop.close();
        server.close();
    }

    private void listen(ServerSocketChannel server) {
        try {
            loop.register(server, SelectionKey.OP_ACCEPT, new Loop.Handler() {
                @Override
                public void ready(SelectionKey key) throws IOException {
                    for (SocketChannel next = server.accept(); next != null; next = server.accept()) {
                        new FirstBytes(new End(loop, next));
                    }
                }

                @Override
                public void broken(IOException failure) {
                    throw new IllegalStateException(failure);
                }
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads the port; the emulator sends nothing more before it has its answer. */
    private final class FirstBytes implements Sink {
        private final End outside;
        private int port;
        private int seen;

        FirstBytes(End outside) {
            this.outside = outside;
            outside.start(this);
        }

        @Override
        public void data(ByteBuffer bytes) {
            while (bytes.hasRemaining() && seen < 2) {
                port = port << 8 | bytes.get() & 0xff;
                seen++;
            }
            if (seen == 2) {
                seen++;
                outside.pause();
                connect(IPV4);
            }
        }

        private void connect(String host) {
            SocketAddress address = new InetSocketAddress(host, port);
            // Not at once: the end that is reading these bytes has to be done with the channel before it is taken over.
            Links.connect(loop, address, channel -> loop.execute(() -> connected(channel)), refused -> {
                // An app that listens on "localhost" may mean ::1 only.
                if (host.equals(IPV4)) {
                    connect(IPV6);
                } else {
                    outside.write(ByteBuffer.wrap(new byte[] {REFUSED}));
                    outside.close();
                }
            });
        }

        private void connected(SocketChannel channel) {
            try {
                outside.write(ByteBuffer.wrap(new byte[] {CONNECTED}));
                Links.join(new FramedEnd(loop, outside.channel), new End(loop, channel));
            } catch (IOException e) {
                Links.close(channel);
                outside.close();
            }
        }

        @Override
        public void fin() {
            outside.close();
        }

        @Override
        public void reset() {
            outside.close();
        }

        @Override
        public boolean full() {
            return seen > 2;
        }
    }
}
