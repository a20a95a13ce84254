package io.jenkins.plugins.dedalus.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Netty's leak detector, at its most suspicious, has nothing to say about any way through the proxy. */
class NettyLeaksTest {
    /** Keeps what is logged. */
    private static final class Keeper extends Handler {
        private final List<String> messages = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            messages.add(entry.getMessage());
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    @Test
    void nothingLeaksOnAnyWayThrough() throws Exception {
        Logger logger = Logger.getLogger(ResourceLeakDetector.class.getName());
        Keeper keeper = new Keeper();
        logger.addHandler(keeper);
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        try (RawUpstream upstream = new RawUpstream((request, out) -> {
                    if (request.header("Upgrade") != null) {
                        RawUpstream.write(out, WebSockets.accept(request));
                        out.write(WebSockets.frame(WebSockets.BINARY, new byte[70_000], false));
                        out.flush();
                        request.in().read();
                    } else if (request.target().equals("/dies")) {
                        RawUpstream.write(
                                out, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + "x".repeat(50_000));
                        RawUpstream.reset(request.socket());
                    } else {
                        RawUpstream.respond(out, 200, "y".repeat(request.body().length + 1));
                    }
                });
                TestProxy proxy = TestProxy.awake(upstream)) {
            for (int round = 0; round < 30; round++) {
                ways(proxy);
            }
            for (int i = 0; i < 5; i++) {
                System.gc();
                ways(proxy);
            }
        } finally {
            ResourceLeakDetector.setLevel(before);
            logger.removeHandler(keeper);
        }
        assertThat(keeper.messages).isEmpty();
    }

    private static void ways(TestProxy proxy) throws Exception {
        String host = "Host: " + TestProxy.HOST + "\r\n";
        assertThat(proxy.get("/").status()).isEqualTo(200);
        assertThat(RawClient.once(
                                proxy.port,
                                "POST / HTTP/1.1\r\n" + host + "Content-Length: 20000\r\n\r\n" + "z".repeat(20_000))
                        .body())
                .hasSize(20_001);
        assertThat(RawClient.once(proxy.port, "POST / HTTP/1.1\r\nHost: nobody\r\nContent-Length: 3\r\n\r\nabc")
                        .status())
                .isEqualTo(404);
        assertThat(RawClient.once(proxy.port, "GET / HTTP/1.1\r\n\r\n").status())
                .isEqualTo(400);
        try (RawClient client = proxy.client()) {
            client.get(TestProxy.HOST, "/dies").head();
        }
        try (RawClient client = proxy.client()) {
            client.send(WebSockets.handshake(TestProxy.HOST, "/"));
            client.head();
            client.send(WebSockets.frame(WebSockets.TEXT, new byte[10], true));
        }
        try (RawClient client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\n" + host + "Content-Length: 100000\r\n\r\n" + "z".repeat(30_000));
        }
    }
}
